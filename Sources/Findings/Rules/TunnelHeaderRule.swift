import Packets
import Topology
import Trajectories

/// Packets that reach the node and are not taken: what their headers say against them (catalogue 11, 13, 14,
/// 15, 16).
enum TunnelHeaderRule {
  static func apply(_ book: inout Casebook) {
    applyHeaders(&book)
    applyMACs(&book)
    applySentMACs(&book)
  }

  private static func applyHeaders(_ book: inout Casebook) {
    applyParameters(&book)
    for group in book.groups(where: { isDropped($0, $1) && $0.key.has(.hasUnusualTunnelFlags) }) {
      let finding = book.finding(
        .flagsUnusual, group, confidence: .high,
        summary: "VXLAN headers \(book.way(group.direction)) carry flags or reserved bits that a"
          + " plain VXLAN device refuses")
      book.report(finding, explaining: group)
    }
    applyOwnMACs(&book)
    for group in book.groups(where: { isDropped($0, $1) && $0.key.has(.isCongestionLost) }) {
      let finding = book.finding(
        .congestionMarkDropped, group, confidence: .high,
        summary: "VXLAN packets \(book.way(group.direction)) are marked \"congestion experienced\""
          + " around packets that do not take part in ECN, and are dropped")
      book.report(finding, explaining: group)
    }
  }

  /// Whether packets came to a node in VXLAN and were not seen to come out of it.
  static func isDropped(_ loss: Loss, _ stages: Stages) -> Bool {
    stages.contains(.decapsulate) && loss.key.encapsulation == .vxlan
      && stages.isSubset(of: [.decapsulate, .forwardIn, .reachPod])
  }

  private static func applyParameters(_ book: inout Casebook) {
    let casebook = book
    let ports = book.groups { loss, stages in
      isDropped(loss, stages)
        && casebook.differs(UInt64(loss.key.tunnelPort), casebook.ports(ofReceiver: loss.key))
    }
    for group in ports {
      let key = book.losses[group.rows[0]].key
      let finding = book.finding(
        .portMismatch, group, confidence: .high,
        summary: "\(book.nodeName(of: group.direction.source)) sends VXLAN to UDP port"
          + " \(key.tunnelPort), \(book.nodeName(group.to)) uses"
          + " \(list(book.ports(ofReceiver: key)))")
      book.report(finding, explaining: group)
    }
    let vnis = book.groups { loss, stages in
      isDropped(loss, stages)
        && casebook.differs(UInt64(loss.key.vni), casebook.vnis(ofReceiver: loss.key))
    }
    for group in vnis {
      let key = book.losses[group.rows[0]].key
      let finding = book.finding(
        .vniMismatch, group, confidence: .high,
        summary: "\(book.nodeName(of: group.direction.source)) sends with VNI \(key.vni),"
          + " \(book.nodeName(group.to)) uses \(list(book.vnis(ofReceiver: key)))")
      book.report(finding, explaining: group)
    }
  }

  /// A device takes nothing that comes from its own MAC address.
  private static func applyOwnMACs(_ book: inout Casebook) {
    let casebook = book
    let groups = book.groups { loss, stages in
      isDropped(loss, stages) && loss.key.linkSource != 0
        && casebook.tunnels.intakes[loss.key.tunnelDestination]?.senders
          .contains(loss.key.linkSource) != true
        && (loss.key.linkSource == loss.key.linkDestination
          || casebook.macs(ofReceiver: loss.key).contains(loss.key.linkSource))
    }
    for group in groups {
      let key = book.losses[group.rows[0]].key
      let finding = book.finding(
        .vtepMACDuplicate, group, confidence: .high,
        summary: "packets \(book.way(group.direction)) come with the receiving device's own MAC"
          + " address, \(MACAddress(bits: key.linkSource)): both nodes' VXLAN devices have it")
      book.report(finding, explaining: group)
    }
  }

  /// The device shows the packets, or would; the MAC address they are for is not its own.
  private static func applyMACs(_ book: inout Casebook) {
    let casebook = book
    let groups = book.groups { loss, _ in
      let role = casebook.table[loss.key.from].role
      guard loss.key.linkDestination != 0, loss.key.tunnelPort != 0 || role == .vtep,
        loss.key.encapsulation == .vxlan || role == .vtep,
        casebook.isReceived(loss.key)
      else { return false }
      let own = casebook.macs(ofReceiver: loss.key)
      return !own.isEmpty && !own.contains(loss.key.linkDestination)
    }
    for group in groups {
      let key = book.losses[group.rows[0]].key
      let owner = book.owner(of: key.linkDestination, besides: key)
      let mac = MACAddress(bits: key.linkDestination)
      let node = book.nodeName(group.from)
      let finding =
        if let owner {
          book.finding(
            .vtepForwardingWrong, group, confidence: .high, node: group.direction.source,
            summary: "\(book.nodeName(of: group.direction.source)) sends packets for"
              + " \(owner) (MAC \(mac)) to \(node), which drops them")
        } else {
          book.finding(
            .vtepMACStale, group, confidence: .high, node: group.direction.source,
            summary: "packets \(book.way(group.direction)) are addressed to MAC \(mac); the device"
              + " of \(node) has \(list(book.macs(ofReceiver: key)) { MACAddress(bits: $0).description })"
          )
        }
      book.report(finding, explaining: group)
    }
  }

  /// Sent to the tunnel end of one node with the MAC address of another's device.
  private static func applySentMACs(_ book: inout Casebook) {
    let casebook = book
    let groups = book.groups { loss, stages in
      let own = casebook.tunnels.macs(of: loss.key.tunnelDestination)
      return stages.contains(.wire) && loss.key.encapsulation == .vxlan
        && loss.key.linkDestination != 0 && !own.isEmpty && !own.contains(loss.key.linkDestination)
        && casebook.owner(of: loss.key.linkDestination, besides: loss.key) != nil
    }
    for group in groups {
      let key = book.losses[group.rows[0]].key
      guard let owner = book.owner(of: key.linkDestination, besides: key) else { continue }
      let mac = MACAddress(bits: key.linkDestination)
      let finding = book.finding(
        .vtepForwardingWrong, group, confidence: .high, node: group.direction.source,
        summary: "\(book.nodeName(of: group.direction.source)) sends packets for \(owner) (MAC"
          + " \(mac)) to \(key.tunnelDestination), where another device is")
      book.report(finding, explaining: group)
    }
  }

  static func list(_ values: [UInt64], _ text: (UInt64) -> String = String.init) -> String {
    values.map(text).joined(separator: " or ")
  }
}

extension Casebook {
  func differs(_ value: UInt64, _ known: [UInt64]) -> Bool {
    !known.isEmpty && !known.contains(value)
  }

  /// Whether the packet was last seen where it came in.
  func isReceived(_ key: LossKey) -> Bool {
    let (from, to) = (table[key.from], table[key.to])
    if from.node == to.node { return from.role.distanceFromPod > to.role.distanceFromPod }
    return table[key.firstPoint].node != from.node
  }

  /// VNIs that the receiving node itself sends with or takes, or that its tables give its devices.
  func vnis(ofReceiver key: LossKey) -> [UInt64] {
    let seen = (tunnels.intakes[key.tunnelDestination]?.vnis ?? [])
      .union(tunnels.ends[key.tunnelDestination]?.vnis.map(\.value) ?? [])
    return seen.isEmpty
      ? devices(ofReceiver: key).compactMap { $0.vni.map(UInt64.init) } : seen.sorted()
  }

  /// The name of the node, other than the one that has the packet, whose VXLAN device sends with a MAC
  /// address; nil if none was seen to.
  func owner(of mac: UInt64, besides key: LossKey) -> String? {
    if let end = endsOfMAC[mac]?.filter({ $0 != key.tunnelDestination }).min() {
      return nodeName(of: node(ofEnd: end))
    }
    let node = table[key.from].node
    return devices.macs.filter { table[$0.key].node != node && $0.value.contains(mac) }.keys.min()
      .map(nodeName)
  }

  func ports(ofReceiver key: LossKey) -> [UInt64] {
    let seen = (tunnels.intakes[key.tunnelDestination]?.ports ?? [])
      .union(tunnels.ends[key.tunnelDestination]?.ports.map(\.value) ?? [])
    return seen.isEmpty
      ? devices(ofReceiver: key).compactMap { $0.port.map(UInt64.init) } : seen.sorted()
  }

  private func devices(ofReceiver key: LossKey) -> [VXLANDevice] {
    surroundings.snapshots[table[key.from].nodeName]?.vxlanDevices ?? []
  }

  /// MAC addresses of the receiving node's VXLAN devices, from its packets or its tables.
  func macs(ofReceiver key: LossKey) -> [UInt64] {
    var macs = tunnels.macs(of: key.tunnelDestination)
    macs += tunnels.intakes[key.tunnelDestination]?.macs ?? []
    let point = table[key.from]
    if point.role == .vtep { macs += devices.macs[key.from, default: []] }
    for link in surroundings.snapshots[point.nodeName]?.links ?? [] {
      if case .vxlan = link.kind, let mac = link.mac { macs.append(mac.bits) }
    }
    return Set(macs).sorted()
  }
}
