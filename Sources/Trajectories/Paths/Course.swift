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
  /// What the packet itself shows, whatever was remembered: only that may teach, or a first error would
  /// go on confirming itself. Nil where even the times are equal.
  let evidence: Heading?
  /// How much the evidence of one packet counts: full for TTLs and packet types, little for times.
  private let ownWeight: Int
  /// Packets that it stands for.
  var packets = 1

  /// How much the evidence counts.
  var weight: Int { ownWeight * packets }

  /// Whether TTLs or packet types show it, not times.
  var isCertain: Bool { evidence != nil && ownWeight == Self.certainWeight }

  private static let certainWeight = 8
  private static let timeWeight = 1

  init(
    of index: Int, in hops: [Hop], isAmbiguous: Bool, points: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let row = hops[index].observation
    let point = points.site(of: row.point)
    let surroundings = Surroundings(of: index, in: hops, points: points, knowledge: knowledge)
    let routed = surroundings.headingByRouting
    if let routed, !surroundings.isSeveralTimes {
      heading = routed
      evidence = routed
      ownWeight = Self.certainWeight
      return
    }
    let type = Self.headingByPacketType(row, at: point)
    // Who comes by a NIC several times was higher before on every node that it passed.
    let shown = type ?? (surroundings.isSeveralTimes ? nil : surroundings.headingByOtherNodes)
    let byTime = surroundings.isSeveralTimes ? nil : surroundings.headingByTime
    evidence = shown ?? (isAmbiguous ? nil : byTime)
    ownWeight = shown == nil ? Self.timeWeight : Self.certainWeight
    let remembered =
      Self.headingByLinkAddress(row, at: point, knowledge: knowledge)
      ?? Self.headingByTunnel(row, at: point, knowledge: knowledge)
    heading =
      remembered ?? shown ?? routed ?? Self.headingByHome(row, at: point, knowledge: knowledge)
      ?? (surroundings.isSeveralTimes
        ? nil : Self.headingByOtherHost(row, at: point, knowledge: knowledge))
      ?? byTime ?? surroundings.headingByWireSide ?? Self.usualHeading(row, at: point)
  }

  /// Without any other sign: what a router has touched comes in at a pod's side, all else goes out.
  private static func usualHeading(_ row: Observation, at point: PointTable.Site) -> Heading {
    point.role.isOnWireSide || row.hasOriginalTimeToLive ? .outbound : .inbound
  }

  /// A bridge or VTEP device of the node as sender or receiver of the innermost frame.
  private static func headingByLinkAddress(
    _ row: Observation, at point: PointTable.Site, knowledge: borrowing NetworkKnowledge
  ) -> Heading? {
    let isSender = knowledge.node(ofLinkAddress: row.linkSource) == point.node
    let isReceiver = knowledge.node(ofLinkAddress: row.linkDestination) == point.node
    guard isSender != isReceiver else { return nil }
    return isSender == point.role.isOnWireSide ? .outbound : .inbound
  }

  /// The ends of a tunnel, or of what the nodes themselves send each other over the wire.
  private static func headingByTunnel(
    _ row: Observation, at point: PointTable.Site, knowledge: borrowing NetworkKnowledge
  ) -> Heading? {
    guard row.isEncapsulated || point.role == .nic else { return nil }
    let source = row.isEncapsulated ? row.tunnelSource : row.source
    let destination = row.isEncapsulated ? row.tunnelDestination : row.destination
    if knowledge.node(ofTunnelAddress: source) == point.node { return .outbound }
    if knowledge.node(ofTunnelAddress: destination) == point.node { return .inbound }
    return nil
  }

  /// What is for another node itself leaves this one, and what that node sends comes in here.
  private static func headingByOtherHost(
    _ row: Observation, at point: PointTable.Site, knowledge: borrowing NetworkKnowledge
  ) -> Heading? {
    guard point.role == .nic, !row.isEncapsulated else { return nil }
    if let node = knowledge.hostNode(of: row.destination), node != point.node { return .outbound }
    if let node = knowledge.hostNode(of: row.source), node != point.node { return .inbound }
    return nil
  }

  /// LINUX_SLL2: 4 is sent by this host through the interface, 0 received for it, 3 for another host.
  private static func headingByPacketType(
    _ row: Observation, at point: PointTable.Site
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
    _ row: Observation, at point: PointTable.Site, knowledge: borrowing NetworkKnowledge
  ) -> Heading? {
    let source = knowledge.home(of: row.source)
    let destination = knowledge.home(of: row.destination)
    if source?.hasEnd(at: row.point) == true { return .outbound }
    if destination?.hasEnd(at: row.point) == true { return .inbound }
    let isSource = source?.node == point.node
    let isDestination = destination?.node == point.node
    guard !point.role.isPodEnd else {
      // Another pod's interface: on the source's node it is where the packet goes.
      if isSource && source?.isPod == true { return .inbound }
      return isDestination && destination?.isPod == true ? .outbound : nil
    }
    if isSource != isDestination { return isSource ? .outbound : .inbound }
    return nil
  }
}

/// What the other hops of the packet say about one of them.
private struct Surroundings {
  private let role: InterfaceRole
  /// Whether a point on the wire's side had the packet with another TTL, too: a detour or a loop.
  private(set) var isSeveralTimes = false
  /// TTLs seen on the same node, and on other nodes, compared with this hop's.
  private var wasHigherHere = false
  private var isLowerHere = false
  private var wasHigherElsewhere = false
  private var isLowerElsewhere = false
  /// Whether veth or bridge of this node had the packet earlier or later, with this TTL, and how many
  /// veths had it.
  private var isBehindBridge = false
  private var isBeforeBridge = false
  private var isBehindVeth = false
  private var isBeforeVeth = false
  /// Whether the node's VTEP device or network card, whichever this one is not, had it earlier or later.
  private var isBehindWireSide = false
  private var isBeforeWireSide = false
  private var isBehindOtherNode = false
  private var isBeforeOtherNode = false
  private var vethCount = 0
  /// Whether this end of a pod had the packet earlier or later under other addresses: a service led back to
  /// the pod itself.
  private var isBackHere = false
  private var comesBackHere = false
  /// Whether the bridge may have switched the packet from one pod to another.
  private let isBetweenNeighbours: Bool

  init(
    of index: Int, in hops: [Hop], points: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let row = hops[index].observation
    let point = points.site(of: row.point)
    role = point.role
    isBetweenNeighbours =
      row.source.isNeighbour(of: row.destination) && !row.source.isGatewayOfNetwork
      && !row.destination.isGatewayOfNetwork
    if role == .veth { vethCount = 1 }
    for (other, hop) in hops.enumerated() where other != index {
      let seen = hop.observation
      let place = points.site(of: seen.point)
      let isHere = place.node == point.node
      if isHere && place.role == .veth && knowledge.isOthers(seen) { continue }
      compareTimeToLive(seen, row, isHere: isHere)
      if seen.point == row.point && seen.timeToLive != row.timeToLive && role.isOnWireSide {
        isSeveralTimes = true
      }
      let isEarlier = seen.correctedTime < row.correctedTime
      if !isHere {
        if isEarlier { isBehindOtherNode = true }
        if seen.correctedTime > row.correctedTime { isBeforeOtherNode = true }
      } else if seen.point == row.point {
        if role.isPodEnd && !seen.hasSameEndpoints(as: row) { compareTranslated(seen, row) }
      } else if seen.timeToLive == row.timeToLive {
        compareTime(seen, row, role: place.role)
      }
    }
  }

  private mutating func compareTranslated(_ seen: Observation, _ row: Observation) {
    if seen.correctedTime < row.correctedTime { isBackHere = true }
    if seen.correctedTime > row.correctedTime { comesBackHere = true }
  }

  private mutating func compareTime(_ seen: Observation, _ row: Observation, role: InterfaceRole) {
    let isEarlier = seen.correctedTime < row.correctedTime
    let isLater = seen.correctedTime > row.correctedTime
    if role == .veth {
      vethCount += 1
      if isEarlier { isBehindVeth = true }
      if isLater { isBeforeVeth = true }
    } else if role == .bridge {
      if isEarlier { isBehindBridge = true }
      if isLater { isBeforeBridge = true }
    } else if role.isOnWireSide && role != self.role {
      if isEarlier { isBehindWireSide = true }
      if isLater { isBeforeWireSide = true }
    }
  }

  private mutating func compareTimeToLive(_ seen: Observation, _ row: Observation, isHere: Bool) {
    if seen.timeToLive > row.timeToLive {
      if isHere { wasHigherHere = true } else { wasHigherElsewhere = true }
    } else if seen.timeToLive < row.timeToLive {
      if isHere { isLowerHere = true } else { isLowerElsewhere = true }
    }
  }

  /// On the wire side a packet that was here with a higher TTL goes out; on the pods' side it came in.
  var headingByRouting: Heading? {
    guard wasHigherHere != isLowerHere else { return nil }
    return wasHigherHere == role.isOnWireSide ? .outbound : .inbound
  }

  /// What the network card had before the VTEP device came in, as far as nothing else tells.
  var headingByWireSide: Heading? {
    guard role.isOnWireSide, isBehindWireSide != isBeforeWireSide else { return nil }
    return isBehindWireSide == (role == .vtep) ? .inbound : .outbound
  }

  var headingByOtherNodes: Heading? {
    guard wasHigherElsewhere != isLowerElsewhere else { return nil }
    return wasHigherElsewhere ? .inbound : .outbound
  }

  /// Between nodes the later one receives. Within a node, of two veths the later one does, and a bridge
  /// that had the packet before the only veth got it from the node; but of what it switches between pods
  /// it gets a copy later than the receiving veth. Nil where the times are equal.
  var headingByTime: Heading? {
    if isBehindOtherNode { return .inbound }
    if isBeforeOtherNode && role.isOnWireSide { return .outbound }
    if isBackHere != comesBackHere { return isBackHere ? .inbound : .outbound }
    switch role {
    case .bridge where vethCount == 1 && isBehindVeth != isBeforeVeth && !isBetweenNeighbours:
      return isBehindVeth ? .outbound : .inbound
    case .veth where vethCount == 1 && isBetweenNeighbours:
      return nil
    case .veth where vethCount == 1:
      return isBehindBridge ? .inbound : isBeforeBridge ? .outbound : nil
    case .veth:
      return isBehindVeth ? .inbound : isBeforeVeth ? .outbound : nil
    case .pod:
      return isBehindVeth ? .inbound : isBeforeVeth ? .outbound : nil
    case .bridge, .vtep, .nic, .unknown:
      return nil
    }
  }
}

extension InterfaceRole {
  /// Whether the interface lies between routing and the wire, not between routing and a pod.
  var isOnWireSide: Bool { self == .vtep || self == .nic }
}
