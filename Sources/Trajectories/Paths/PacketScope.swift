import Packets
import Topology

/// Which ends of a packet are pods.
///
/// Addresses decide, as far as anything is known of them, so that it does not matter which points were
/// captured. What is left goes by the pods' networks and by where the packet was seen.
extension Trajectory.Scope {
  init(
    of hops: [Hop], courses: [Course], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let firstIndex = hops.firstIndex { $0.kind == .path } ?? 0
    let lastIndex = hops.lastIndex { $0.kind == .path } ?? 0
    let (first, last) = (hops[firstIndex].observation, hops[lastIndex].observation)
    let source = PacketEnd(
      address: first.source, isEnd: courses[firstIndex].heading == .outbound, first,
      role: table.site(of: first.point).role)
    let destination = PacketEnd(
      address: last.destination, isEnd: courses[lastIndex].heading == .inbound, last,
      role: table.site(of: last.point).role)
    // A service stands for a pod, wherever its address was seen last.
    let knownSource = knowledge.isPod(source.address)
    let knownDestination = knowledge.isPod(last.destination) ?? knowledge.isPod(first.destination)
    let sourceIsPod =
      knownSource ?? source.isProbablyPod(facing: destination.address, knownDestination)
    let destinationIsPod =
      knownDestination ?? destination.isProbablyPod(facing: source.address, knownSource)
    self =
      switch (sourceIsPod, destinationIsPod) {
      case (true, true): .pod
      case (false, false): .underlay
      default: .host
      }
  }
}

/// An end of a packet at the hop nearest to it.
private struct PacketEnd {
  let address: IPAddress
  /// Whether the hop lies between the end and its node's routing.
  let isAtPod: Bool
  let isInTunnel: Bool
  let isOnWire: Bool

  /// - Parameter isEnd: whether the packet goes the way that it goes next to a pod that is the end.
  init(address: IPAddress, isEnd: Bool, _ row: Observation, role: InterfaceRole) {
    self.address = address
    isAtPod = isEnd && !role.isOnWireSide
    isInTunnel = role == .vtep || row.isEncapsulated
    isOnWire = role == .nic && !row.isEncapsulated
  }

  /// Whether it is a pod, where nothing is known of its address. Link-local addresses and groups are the pods'
  /// everywhere but on the wire.
  func isProbablyPod(facing other: IPAddress, _ otherIsPod: Bool?) -> Bool {
    if isOnWire { return otherIsPod == true && address.isInSameCluster(as: other) }
    if address.isLinkScoped || address.isMulticast { return true }
    // Flannel gives a node the first address of its pods' network, and the next one to its bridge.
    if address.isFirstOfNetwork || address.isSecondOfNetwork && address.isInSameCluster(as: other) {
      return false
    }
    return isInTunnel || isAtPod || address.isInSameCluster(as: other)
  }
}

extension NetworkKnowledge {
  /// Whether the address is a pod's, or a service's that pods answer for; nil if nothing tells.
  fileprivate func isPod(_ address: IPAddress) -> Bool? {
    guard !address.isLinkScoped && !address.isMulticast else { return nil }
    if let home = home(of: address) {
      if home.isHost { return false }
      if home.isPod || home.isService { return true }
    }
    if node(ofTunnelAddress: address) != nil { return false }
    guard nodeByNetwork(of: address) != nil else { return nil }
    return !address.isFirstOfNetwork && !address.isSecondOfNetwork
  }
}

extension IPAddress {
  /// Whether both lie in one cluster network by flannel's usual sizes: /16, or /48 for IPv6.
  func isInSameCluster(as other: IPAddress) -> Bool {
    guard isIPv4 == other.isIPv4 else { return false }
    return isIPv4 ? v4Bits >> 16 == other.v4Bits >> 16 : high >> 16 == other.high >> 16
  }

  /// Whether it is the second address of a node's pod network by flannel's usual sizes.
  var isSecondOfNetwork: Bool { isIPv4 ? v4Bits & 0xff == 1 : low == 1 && high != 0 }

  /// Whether it is one of the first two addresses of a node's pod network: flannel gives the second to the node's
  /// bridge.
  var isGatewayOfNetwork: Bool { isFirstOfNetwork || isSecondOfNetwork }
}
