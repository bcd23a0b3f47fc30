import Packets
import Topology
import Trajectories

/// Outer addresses: sent to one that is not the peer's, changed on the way, or not the one that the others
/// send to (catalogue 6, 7, 8).
enum VTEPAddressRule {
  static func apply(_ book: inout Casebook) {
    applyWrongAddresses(&book)
    applyStrangeSources(&book)
    applyTranslations(&book)
    applyOtherSources(&book)
  }

  private static func applyWrongAddresses(_ book: inout Casebook) {
    let casebook = book
    let groups = book.groups { loss, stages in
      guard stages.contains(.wire), loss.key.tunnelPort != 0,
        let destination = casebook.direction(of: loss.key).destination,
        casebook.tunnels.ends[loss.key.tunnelDestination] == nil
      else { return false }
      let own = casebook.outerAddresses(of: destination, isIPv4: loss.key.tunnelDestination.isIPv4)
      return !own.isEmpty && !own.contains(loss.key.tunnelDestination)
    }
    for group in groups {
      let key = book.losses[group.rows[0]].key
      let node = group.direction.destination
      let own = book.outerAddresses(of: node ?? 0, isIPv4: key.tunnelDestination.isIPv4)
      let finding = book.finding(
        .vtepAddressWrong, group, confidence: .high, node: group.direction.source,
        summary: "VXLAN packets \(book.way(group.direction)) are sent to \(key.tunnelDestination);"
          + " \(book.nodeName(of: node)) has \(own.map(\.description).joined(separator: ", "))"
          + (isPublished(key.tunnelDestination, by: node, in: book)
            ? ", and published the other" : ""))
      book.report(finding, explaining: group)
    }
  }

  /// Whether flannel's annotation of the node has the address.
  private static func isPublished(
    _ address: IPAddress, by node: Int?, in book: Casebook
  ) -> Bool {
    node.flatMap { book.surroundings.cluster?.node(named: book.table.nodes[$0]) }?
      .publicAddresses.contains(address) == true
  }

  /// What came under another outer address than it was sent under, of which nothing was taken.
  private static func applyStrangeSources(_ book: inout Casebook) {
    let groups = book.groups { loss, stages in
      TunnelHeaderRule.isDropped(loss, stages)
        && loss.key.firstTunnelSource != loss.key.tunnelSource
    }
    for group in groups where book.crossings(of: group).count == 0 {
      let key = book.losses[group.rows[0]].key
      var finding = book.finding(
        .underlayNAT, group, confidence: .medium, node: group.direction.destination,
        causes: [
          "the receiving node takes VXLAN from nodes' own addresses only (Calico's list of allowed"
            + " hosts, a firewall)",
          "its VXLAN device learns addresses (Learning), or rp_filter finds another way back",
        ],
        summary: "VXLAN packets \(book.way(group.direction)) leave from \(key.firstTunnelSource),"
          + " arrive from \(key.tunnelSource) and are not decapsulated")
      finding.severity = .error
      book.report(finding, explaining: group)
    }
  }

  private static func applyTranslations(_ book: inout Casebook) {
    var findings: [Finding] = []
    for row in book.curiosities where row.key.kind == .translatedUnderlay {
      let direction = Finding.Direction(
        source: book.table[row.key.firstPoint].node, destination: book.table[row.key.point].node)
      let isKnown = book.findings.contains {
        $0.code == .underlayNAT && $0.direction == direction
      }
      if isKnown { continue }
      let finding = book.finding(
        .underlayNAT, confidence: .high, point: row.key.point, direction: direction,
        packets: row.count, evidence: row.examples,
        summary: "VXLAN packets \(book.way(direction)) leave from \(row.key.from) and arrive from"
          + " \(row.key.to): something between the nodes translates addresses")
      if let known = findings.firstIndex(where: { $0.direction == direction }) {
        findings[known].merge(finding)
      } else {
        findings.append(finding)
      }
    }
    for finding in findings { book.report(finding) }
  }

  private static func applyOtherSources(_ book: inout Casebook) {
    let isTranslated = book.curiosities.contains { $0.key.kind == .translatedUnderlay }
    guard !isTranslated else { return }
    for (node, receivers) in book.devices.receivers.sorted(by: { $0.key < $1.key }) {
      for isIPv4 in [true, false] {
        let sent = (book.devices.senders[node] ?? []).filter { $0.isIPv4 == isIPv4 }
        let received = receivers.filter { $0.isIPv4 == isIPv4 }
        guard let one = sent.min(), let other = received.min(), sent.isDisjoint(with: received)
        else { continue }
        book.report(
          book.finding(
            .vtepSourceDiffers, confidence: .high, point: nil,
            direction: .init(source: node, destination: nil), packets: 0, node: node,
            evidence: [one, other].compactMap { book.devices.examples[$0] },
            summary: "\(book.nodeName(of: node)) sends VXLAN from \(one) and receives it at"
              + " \(other)"))
      }
    }
  }
}

extension Casebook {
  /// The node that a tunnel's outer address belongs to.
  func node(ofEnd address: IPAddress) -> Int? {
    Self.node(ofEnd: address, devices, surroundings)
  }

  static func node(
    ofEnd address: IPAddress, _ devices: Devices, _ surroundings: Surroundings
  ) -> Int? {
    devices.node(ofEnd: address) ?? surroundings.node(of: address)
  }

  /// Outer addresses that a node was seen to use or that its tables give it.
  func outerAddresses(of node: Int, isIPv4: Bool) -> [IPAddress] {
    var addresses = (devices.senders[node] ?? []).union(devices.receivers[node] ?? [])
    addresses.formUnion(endsOfNode[node] ?? [])
    addresses.formUnion(surroundings.snapshots[table.nodes[node]]?.tunnelAddresses ?? [])
    // What flannel published may be what is wrong: it counts where nothing else is known.
    let published = surroundings.cluster?.node(named: table.nodes[node])
    addresses.formUnion(published?.addresses ?? [])
    addresses.formUnion(published?.translatedAddresses ?? [])
    if !addresses.contains(where: { $0.isIPv4 == isIPv4 }) {
      addresses.formUnion(published?.publicAddresses ?? [])
    }
    return addresses.filter { $0.isIPv4 == isIPv4 }.sorted()
  }
}
