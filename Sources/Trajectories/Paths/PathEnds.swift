import Packets
import Topology

/// Where a packet comes from and where it is bound for, judged from its hops and from what is known.
struct PathEnds {
  let source: AddressHome?
  let destination: AddressHome?
  let destinationAddress: IPAddress
  let sourceNode: Int?
  let destinationNode: Int?
  let sourceIsPod: Bool
  /// Whether the source's node itself sent the packet.
  let isFromHost: Bool
  let destinationIsPod: Bool
  /// Whether the packet is addressed to a node itself.
  let destinationIsHost: Bool
  /// Whether packets between such ends cross the wire in a tunnel, where nothing else is known.
  let isUsuallyEncapsulated: Bool
  let isIPv6: Bool
  /// Whether the packet was seen to leave for somewhere outside the captured nodes.
  let leavesNetwork: Bool
  /// Whether it is for another node's pod, or on its way to the wire; else it may be for its node itself.
  let isBoundForWire: Bool

  init(
    of hops: [Hop], courses: [Course], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let firstIndex = hops.firstIndex { $0.kind == .path } ?? 0
    let lastIndex = hops.lastIndex { $0.kind == .path } ?? 0
    let first = hops[firstIndex].observation
    let last = hops[lastIndex].observation
    let firstPoint = table.site(of: first.point)
    let lastPoint = table.site(of: last.point)

    let heading = courses[firstIndex].heading
    // A packet that no router has touched yet, first seen beyond the pods' side, is the node's own.
    let isFromHost =
      first.hasOriginalTimeToLive
      && (firstPoint.role.isOnWireSide
        ? heading == .outbound
        : heading == .inbound
          && (firstPoint.role == .bridge
            || knowledge.hostNode(of: first.source) == firstPoint.node))
    let source = knowledge.home(of: first.source)
    self.source = source
    sourceIsPod = !isFromHost && Self.isPodEnd(source, seenAt: firstPoint, first)
    let knownSourceNode = heading == .outbound || isFromHost ? firstPoint.node : source?.node
    self.isFromHost = isFromHost

    let tunnel = Self.tunnel(of: hops, table: table)
    let destination = knowledge.home(of: last.destination)
    self.destination = destination
    destinationAddress = last.destination
    let isArriving = courses[lastIndex].heading == .inbound
    let found = Self.destinationNode(
      last: last, first: first, tunnel: tunnel, home: destination, sourceNode: knownSourceNode,
      nodeCount: table.nodes.count, role: lastPoint.role, knowledge: knowledge)
    let destinationNode = found ?? (isArriving ? lastPoint.node : nil)
    self.destinationNode = destinationNode
    // What reaches a pod with the TTL that it was sent with was routed nowhere: it never was on the wire.
    let isOwnNodes =
      first.hasOriginalTimeToLive && (firstPoint.role == .bridge || firstPoint.role.isPodEnd)
      && destinationNode == firstPoint.node
    sourceNode = knownSourceNode ?? (isOwnNodes ? firstPoint.node : nil)
    destinationIsHost =
      knowledge.hostNode(of: last.destination) != nil
      || destination?.isPod != true && (tunnel != nil || lastPoint.role != .nic)
        && last.destination.isFirstOfNetwork
    destinationIsPod =
      destination?.isPod == true
      || !destinationIsHost
        && (tunnel != nil || isArriving && lastPoint.role != .nic || lastPoint.role == .vtep)
    isUsuallyEncapsulated =
      tunnel != nil
      || (sourceIsPod || destinationIsPod) && lastPoint.role != .nic
        && knowledge.node(ofTunnelAddress: last.destination) == nil
    isIPv6 = first.isIPv6
    leavesNetwork = tunnel == nil && lastPoint.role == .nic
    isBoundForWire =
      lastPoint.role.isOnWireSide || first.source.isInSameCluster(as: last.destination)
  }

  /// The last tunnel over the wire; nil if the packet went over it plain after that.
  private static func tunnel(of hops: [Hop], table: borrowing PointTable) -> Observation? {
    let last = hops.last { hop in
      hop.kind == .path
        && (hop.observation.isEncapsulated || table.site(of: hop.observation.point).role == .nic)
    }
    return last.flatMap { $0.observation.isEncapsulated ? $0.observation : nil }
  }

  private static func isPodEnd(
    _ home: AddressHome?, seenAt point: PointTable.Site, _ row: Observation
  ) -> Bool {
    if let home { return home.isPod || !home.isHost && row.isEncapsulated }
    return point.role != .nic || row.isEncapsulated
  }

  /// The destination's node: where its address lives, else where the tunnel ends, else where its
  /// neighbours live, else where the source is if both ends lie in one pod network, else the only other
  /// node there is, if nothing is known of that one. But the point may tell nothing: a capture of all
  /// interfaces together (LINUX_SLL) has packets between pods of its node as well.
  private static func destinationNode(
    last: Observation, first: Observation, tunnel: Observation?, home: AddressHome?,
    sourceNode: Int?, nodeCount: Int, role: InterfaceRole, knowledge: borrowing NetworkKnowledge
  ) -> Int? {
    if let node = home?.node ?? knowledge.hostNode(of: last.destination) { return node }
    if let tunnel, let node = knowledge.node(ofTunnelAddress: tunnel.tunnelDestination) {
      return node
    }
    if let node = knowledge.nodeByNetwork(of: last.destination) { return node }
    if tunnel == nil, role == .bridge || role.isPodEnd,
      first.source.isNeighbour(of: last.destination)
    {
      return sourceNode
    }
    guard nodeCount == 2, let sourceNode,
      !knowledge.hasPodNetwork(1 - sourceNode, isIPv4: last.destination.isIPv4)
    else { return nil }
    let isOther =
      if let tunnel {
        !knowledge.hasTunnelAddress(1 - sourceNode, isIPv4: tunnel.tunnelDestination.isIPv4)
      } else {
        role != .unknown && first.source.isInSameCluster(as: last.destination)
      }
    return isOther ? 1 - sourceNode : nil
  }
}

extension Observation {
  /// Whether no router has lowered the TTL yet, by the initial values that operating systems use.
  var hasOriginalTimeToLive: Bool { Self.isOriginal(timeToLive) }

  static func isOriginal(_ timeToLive: UInt8) -> Bool {
    timeToLive == 64 || timeToLive == 128 || timeToLive == 255
  }
}
