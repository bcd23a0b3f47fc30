import Packets
import Topology

/// Which way a packet crosses a node at a point: towards the wire, or towards a pod.
enum Heading: Sendable {
  case outbound, inbound
}

/// How a packet crosses one point, and whether the packet itself shows it.
///
/// The strongest sign is a routed hop on the same node: the TTL was higher before it. Then come the
/// addresses of tunnel and bridge, the packet type of cooked captures, what other nodes saw, where the
/// ends live; time decides what is left.
struct Course: Sendable {
  let heading: Heading
  /// From the packet's own TTLs, not from memory or time.
  let isCertain: Bool

  init(
    of index: Int, in hops: [Hop], points: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let row = hops[index].observation
    let point = points[row.point]
    let surroundings = Surroundings(of: index, in: hops, points: points)
    if let heading = surroundings.headingByRouting {
      self.heading = heading
      isCertain = true
      return
    }
    heading =
      Self.headingByLinkAddress(row, at: point, knowledge: knowledge)
      ?? Self.headingByTunnel(row, at: point, knowledge: knowledge)
      ?? Self.headingByPacketType(row, at: point)
      ?? surroundings.headingByOtherNodes
      ?? Self.headingByHome(row, at: point, knowledge: knowledge)
      ?? surroundings.headingByTime
    isCertain = false
  }

  /// A bridge or VTEP device of the node as sender or receiver of the innermost frame.
  private static func headingByLinkAddress(
    _ row: Observation, at point: ObservationPoint, knowledge: borrowing NetworkKnowledge
  ) -> Heading? {
    let isSender = knowledge.node(ofLinkAddress: row.linkSource) == point.node
    let isReceiver = knowledge.node(ofLinkAddress: row.linkDestination) == point.node
    guard isSender != isReceiver else { return nil }
    return isSender == point.role.isOnWireSide ? .outbound : .inbound
  }

  private static func headingByTunnel(
    _ row: Observation, at point: ObservationPoint, knowledge: borrowing NetworkKnowledge
  ) -> Heading? {
    guard row.isEncapsulated else { return nil }
    if knowledge.node(ofTunnelAddress: row.tunnelSource) == point.node { return .outbound }
    if knowledge.node(ofTunnelAddress: row.tunnelDestination) == point.node { return .inbound }
    return nil
  }

  /// LINUX_SLL2: 4 is sent by this host through the interface, 0 received for it, 3 for another host.
  private static func headingByPacketType(
    _ row: Observation, at point: ObservationPoint
  ) -> Heading? {
    switch (row.packetType, point.role) {
    case (4, .veth), (4, .bridge): .inbound
    case (0...3, .veth), (0, .bridge): .outbound
    case (4, .pod), (4, .vtep), (4, .nic): .outbound
    case (0, .pod), (0, .vtep), (0, .nic): .inbound
    default: nil
    }
  }

  private static func headingByHome(
    _ row: Observation, at point: ObservationPoint, knowledge: borrowing NetworkKnowledge
  ) -> Heading? {
    let source = knowledge.home(of: row.source)
    let destination = knowledge.home(of: row.destination)
    if source?.hasEnd(at: row.point) == true { return .outbound }
    if destination?.hasEnd(at: row.point) == true { return .inbound }
    let isSource = source?.node == point.node
    let isDestination = destination?.node == point.node
    if isSource != isDestination { return isSource ? .outbound : .inbound }
    return nil
  }
}

/// What the other hops of the packet say about one of them.
private struct Surroundings {
  private let isOnWireSide: Bool
  /// TTLs seen on the same node, and on other nodes, compared with this hop's.
  private var wasHigherHere = false
  private var isLowerHere = false
  private var wasHigherElsewhere = false
  private var isLowerElsewhere = false
  private var isEarliest = true

  init(of index: Int, in hops: [Hop], points: borrowing PointTable) {
    let row = hops[index].observation
    let point = points[row.point]
    isOnWireSide = point.role.isOnWireSide
    for (other, hop) in hops.enumerated() where other != index {
      let seen = hop.observation
      let isHere = points[seen.point].node == point.node
      if seen.timeToLive > row.timeToLive {
        if isHere { wasHigherHere = true } else { wasHigherElsewhere = true }
      } else if seen.timeToLive < row.timeToLive {
        if isHere { isLowerHere = true } else { isLowerElsewhere = true }
      }
      let isNeighbour = isHere && (point.role == .bridge || seen.point == row.point)
      if !isNeighbour && isEarlier(seen, than: row, isHere: isHere) { isEarliest = false }
    }
  }

  private func isEarlier(_ seen: Observation, than row: Observation, isHere: Bool) -> Bool {
    // On one node the way out starts at a veth: only another veth competes with it.
    !(isHere && isOnWireSide) && seen.correctedTime < row.correctedTime
  }

  /// On the wire side a packet that was here with a higher TTL goes out; on the pods' side it came in.
  var headingByRouting: Heading? {
    guard wasHigherHere != isLowerHere else { return nil }
    return wasHigherHere == isOnWireSide ? .outbound : .inbound
  }

  var headingByOtherNodes: Heading? {
    guard wasHigherElsewhere != isLowerElsewhere else { return nil }
    return wasHigherElsewhere ? .inbound : .outbound
  }

  var headingByTime: Heading { isEarliest ? .outbound : .inbound }
}

extension InterfaceRole {
  /// Whether the interface lies between routing and the wire, not between routing and a pod.
  var isOnWireSide: Bool { self == .vtep || self == .nic }
}
