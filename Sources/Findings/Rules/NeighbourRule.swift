import Packets
import Topology
import Trajectories

/// Questions for MAC addresses that nobody answers: a missing neighbour entry on the VXLAN device
/// (catalogue 17, B5), a pod that is gone (31), an outer address that nobody has (6).
enum NeighbourRule {
  /// A question follows the packet that needs the answer within this time, in nanoseconds.
  private static let questionSpan: Int64 = 100_000_000

  static func apply(_ book: inout Casebook) {
    let asked = book.evidence.neighbours.filter { book.isUnanswered($0.key, $0.value) }
      .sorted { $0.value.example < $1.value.example }
    for (key, row) in asked {
      switch book.table[key.point].role {
      case .vtep: reportMissingNeighbour(key, row, in: &book)
      case .bridge, .veth: reportGonePod(key, row, in: &book)
      case .nic: reportUnknownEndpoint(key, row, in: &book)
      case .pod, .unknown: break
      }
    }
  }

  private static func reportMissingNeighbour(
    _ key: PacketEvidence.NeighbourKey, _ row: PacketEvidence.Questions, in book: inout Casebook
  ) {
    let node = book.table[key.point].node
    let isIPv6 = !key.target.isIPv4
    let groups = book.groups { loss, stages in
      book.table[loss.key.from].node == node && stages.contains(.forwardOut)
        && loss.key.isIPv6 == isIPv6 && book.isBehind(key.target, loss.key.destination)
    }
    for group in groups {
      let finding = book.finding(
        .vtepNeighbourMissing, group, confidence: .high, also: [row.example],
        summary: "\(book.nodeName(key.point)) has no MAC address for \(key.target) and asks for it"
          + " on \(book.interface(key.point)), where nobody can answer")
      book.report(finding, explaining: group)
    }
  }

  private static func reportGonePod(
    _ key: PacketEvidence.NeighbourKey, _ row: PacketEvidence.Questions, in book: inout Casebook
  ) {
    let (node, role) = (book.table[key.point].node, book.table[key.point].role)
    // A question goes to all ports of a bridge, the answer to the asker's: to the bridge itself where the
    // node asks, else to the port of the pod that does.
    let groups = book.groups { loss, stages in
      loss.key.destination == key.target && book.table[loss.key.to].node == node
        && stages.isSubset(of: [.forwardIn, .reachPod, .leavePod, .decapsulate, .forwardOut])
        // What does not even leave the tunnel needs no pod.
        && !stages.isSubset(of: .decapsulate)
        && (loss.key.source == row.asker ? loss.key.firstPoint == key.point : role == .bridge)
    }
    if groups.isEmpty || book.isUsed(key.target) { return }
    for group in groups {
      let finding = book.finding(
        .podGone, group, confidence: .high, node: node, also: [row.example],
        summary: "nobody answers for \(key.target) on \(book.name(key.point)): packets"
          + " \(book.way(group.direction)) are for a pod that is not there")
      book.report(finding, explaining: group)
    }
  }

  private static func reportUnknownEndpoint(
    _ key: PacketEvidence.NeighbourKey, _ row: PacketEvidence.Questions, in book: inout Casebook
  ) {
    let node = book.table[key.point].node
    // Somebody who sends VXLAN from there has the address; and only the tunnel's own questions count.
    let own = book.devices.senders[node] ?? []
    guard book.tunnels.ends[key.target] == nil, own.isEmpty || own.contains(row.asker) else {
      return
    }
    let groups = book.groups { loss, stages in
      let delay = row.firstTime &- loss.firstTime
      return book.table[loss.key.from].node == node
        && (-questionSpan...questionSpan).contains(delay)
        && stages.isSubset(of: [.encapsulate, .wire]) && stages.contains(.encapsulate)
    }
    for group in groups {
      let finding = book.finding(
        .vtepAddressWrong, group, confidence: .medium, also: [row.example],
        summary: "\(book.nodeName(key.point)) asks for \(key.target) on"
          + " \(book.interface(key.point)) and nobody has that address: VXLAN packets"
          + " \(book.way(group.direction)) cannot be sent")
      book.report(finding, explaining: group)
    }
  }
}

extension Casebook {
  /// Whether somebody asked at a point and no point of the node shows an answer.
  fileprivate func isUnanswered(
    _ key: PacketEvidence.NeighbourKey, _ row: PacketEvidence.Questions
  ) -> Bool {
    let node = table[key.point].node
    return row.questions > 0
      && !evidence.neighbours.contains {
        $0.key.target == key.target && $0.value.answers > 0 && table[$0.key.point].node == node
      }
  }

  /// Whether a pod's address was seen to send, to answer or to be claimed: then somebody has it.
  fileprivate func isUsed(_ address: IPAddress) -> Bool {
    tunnels.example(ofPod: address) != nil
      || losses.contains { $0.key.source == address }
      || evidence.segmentSizes.keys.contains { $0.source == address }
      || evidence.neighbours.contains { key, row in
        // Who has no address yet asks whether another one has it (RFC 5227, section 2.1.1; RFC 4862,
        // section 5.4).
        row.asker == address
          || key.target == address
            && (row.answers > 0 || [.unspecified, IPAddress(v4: 0)].contains(row.asker))
      }
  }

  /// Whether a VTEP's address is the one of the network that an address is in, by flannel's usual
  /// sizes; or the node's tables say so.
  func isBehind(_ gateway: IPAddress, _ address: IPAddress) -> Bool {
    let routes = surroundings.snapshots.values.flatMap(\.routes)
    if routes.contains(where: { route in
      route.destination.contains(address) && route.nextHops.contains { $0.gateway == gateway }
    }) {
      return true
    }
    if gateway.isIPv4 != address.isIPv4 { return false }
    return gateway.isIPv4
      ? gateway.v4Bits >> 8 == address.v4Bits >> 8 : gateway.high == address.high
  }
}
