import Packets
import Topology
import Trajectories

/// Losses that nothing else explains: the part of the way where they happen, with the causes that are left
/// (catalogue 4, 5, 9, 17, 20, 22, 23, 24, 38).
enum LeftOverRule {
  static func apply(_ book: inout Casebook) {
    applyOtherEnds(&book)
    for group in book.groups(where: { _, _ in true }) {
      let code = code(for: group, in: book)
      let isOutside = isOutsideOfRecords(group, in: book)
      let isHalfSeen = mayHaveLeft(group, in: book)
      let isUnsure = code == .packetsLost || isOutside || isHalfSeen
      var finding = book.finding(
        code, group, confidence: isUnsure ? .low : .medium,
        node: node(for: code, group), causes: causes(for: code, group, in: book),
        summary: summary(code, group, in: book)
          + (isOutside ? ", unless the capture there began later or ended sooner" : ""))
      // Where the part of the way is not known either, a loss is hardly certain.
      if group.stages.isEmpty || isOutside { finding.severity = .warning }
      if isHalfSeen && !needsTunnel(group, in: book) { finding.severity = .warning }
      book.report(finding, explaining: group)
    }
  }

  /// What is sent to the tunnel end of a node that was not captured need not be lost.
  private static func applyOtherEnds(_ book: inout Casebook) {
    let casebook = book
    let groups = book.groups { loss, stages in
      guard stages.contains(.wire), let end = casebook.tunnels.ends[loss.key.tunnelDestination]
      else { return false }
      let node = casebook.table[loss.key.to].node
      let own = casebook.outerAddresses(of: node, isIPv4: loss.key.tunnelDestination.isIPv4)
      // Without its network card's capture nobody can tell which addresses a node has.
      let hasCard = casebook.table.points.contains { $0.node == node && $0.role == .nic }
      return own.isEmpty
        ? hasCard && !end.points.contains { casebook.table[UInt16($0.value)].node == node }
        : !own.contains(loss.key.tunnelDestination)
    }
    for group in groups {
      let end = book.losses[group.rows[0]].key.tunnelDestination
      var finding = book.finding(
        .packetsLost, group, confidence: .low,
        summary: "\(tunnel(of: group, in: book)) packets leave \(book.name(group.from)) for \(end),"
          + " which is none of the addresses of \(book.nodeName(group.to))")
      finding.severity = .warning
      finding.direction = .init(source: group.direction.source, destination: book.node(ofEnd: end))
      book.report(finding, explaining: group)
    }
  }

  private static func code(for group: LossGroup, in book: Casebook) -> FindingCode {
    let isTunnelled = book.losses[group.rows[0]].key.isEncapsulated
    switch group.stages {
    case .encapsulate: return .vtepForwardingMissing
    case .wire where isTunnelled: return .vxlanLostOnWire
    case .wire: return usesTunnel(group, in: book) ? .vtepRouteMissing : .plainLostOnWire
    case .decapsulate: return .vxlanDroppedByHost
    case .reachPod: return .podUnreached
    case let stages
    where !stages.isEmpty
      && (stages.isSubset(of: [.leavePod, .forwardOut])
        || stages.isSubset(of: [.forwardIn, .reachPod])):
      return .forwardDrop
    default: return .packetsLost
    }
  }

  /// Whether the next point's capture has frames, all of them before or after the packets missing in it:
  /// then it may have been started late. An empty one ran beside the others, as far as is known.
  private static func isOutsideOfRecords(_ group: LossGroup, in book: Casebook) -> Bool {
    group.inferred == group.count && book.surroundings.recordedPoints.contains(group.to)
  }

  /// Whether packets that did not enter the VXLAN device may have left by a network card that was not captured.
  private static func mayHaveLeft(_ group: LossGroup, in book: Casebook) -> Bool {
    let node = book.table[group.from].node
    return group.stages.contains(.forwardOut)
      && group.stages.isSubset(of: [.leavePod, .forwardOut])
      && book.table[group.to].role == .vtep
      && !book.table.points.contains { $0.node == node && $0.role == .nic }
  }

  /// Whether packets have to enter the VXLAN device, by the node's routes or as others of this direction do.
  /// What is for a host has no need of it.
  private static func needsTunnel(_ group: LossGroup, in book: Casebook) -> Bool {
    let node = book.table[group.from].node
    let keys = group.rows.map { book.losses[$0].key }
    guard keys.allSatisfy(\.isBetweenPods) else { return false }
    if book.surroundings.snapshots[book.table.nodes[node]]?.routes.isEmpty == false {
      return keys.allSatisfy {
        book.isRouted($0.destination, to: book.interface(group.to), of: node)
      }
    }
    return book.passages.contains { passage in
      guard passage.crosses(from: group.from, to: group.to) else { return false }
      let end = book.table[passage.last].node
      return end != node && end == group.direction.destination
    }
  }

  /// Whether other packets between these nodes are tunnelled.
  private static func usesTunnel(_ group: LossGroup, in book: Casebook) -> Bool {
    let nodes = [group.direction.source, group.direction.destination].compactMap(\.self)
    return book.passages.contains { passage in
      let ends = [book.table[passage.first].node, book.table[passage.last].node]
      return passage.isTunnelled && ends[0] != ends[1] && nodes.allSatisfy(ends.contains)
    }
  }

  private static func node(for code: FindingCode, _ group: LossGroup) -> Int? {
    code == .vtepRouteMissing ? group.direction.source : nil
  }

  /// What may be to blame on the part of the way where the packets vanish; nil for all of the catalogue's.
  private static func causes(
    for code: FindingCode, _ group: LossGroup, in book: Casebook
  ) -> [String]? {
    let usual = CatalogueEntry.entry(for: code).causes
    switch (code, group.stages) {
    case (.forwardDrop, .leavePod):
      return [
        "a bridge filter, or a NetworkPolicy for what leaves the pod",
        "the connection tracking table is full",
        "the pod's interface is no working port of the bridge",
      ]
    case (.forwardDrop, let stages) where stages.contains(.forwardIn):
      return usual + ["no route to the pod on this node: its bridge lost the address"]
    case (.forwardDrop, _) where mayHaveLeft(group, in: book):
      return usual + [
        "no route to the other node's pods: they leave by a network card, which was not captured"
      ]
    case (.podUnreached, _) where group.rows.allSatisfy({ book.losses[$0].key.isForItsSender }):
      return [
        "the bridge's port is not in hairpin mode, and the pod asks a service that it is behind"
      ]
        + usual
    default: return nil
    }
  }

  private static func summary(
    _ code: FindingCode, _ group: LossGroup, in book: Casebook
  ) -> String {
    let (from, to) = (book.name(group.from), book.name(group.to))
    let way = book.way(group.direction)
    switch code {
    case .vxlanLostOnWire:
      return "wire: \(tunnel(of: group, in: book)) packets leave \(from) and do not reach"
        + " \(to)\(size(group))"
    case .plainLostOnWire: return "wire: plain packets leave \(from) and do not reach \(to)"
    case .vtepRouteMissing: return "packets \(way) leave \(from) without the tunnel"
    case .packetsLost where group.from == group.to: return "packets \(way) vanish after \(from)"
    case .packetsLost: return "packets \(way) vanish between \(from) and \(to)"
    case .vxlanDroppedByHost:
      return "\(tunnel(of: group, in: book)) packets \(way) reach \(from) and are not decapsulated"
    default:
      let node = book.nodeName(group.from)
      return "\(node): packets \(way) vanish between \(book.interface(group.from)) and"
        + " \(book.interface(group.to))"
    }
  }

  /// The tunnel that the packets were seen in, `VXLAN` if they were not yet.
  private static func tunnel(of group: LossGroup, in book: Casebook) -> String {
    let encapsulation = book.losses[group.rows[0]].key.encapsulation
    return encapsulation == .none || encapsulation == .vxlan
      ? "VXLAN" : encapsulation.name.uppercased()
  }

  private static func size(_ group: LossGroup) -> String {
    group.shortest < 300 && group.longest > 1000 ? ", of any size" : ""
  }
}
