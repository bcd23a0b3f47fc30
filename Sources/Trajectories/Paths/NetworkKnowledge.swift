import Packets
import Topology

/// What is known of the network that the packets cross: where addresses live, which MAC and tunnel
/// addresses belong to which node, and how node pairs talk.
///
/// Consumes trajectories whose order is certain from their TTLs, adds nothing but memory: everything
/// here decides later which points a packet ought to have crossed. A snapshot, where there is one,
/// overrides what packets taught.
struct NetworkKnowledge: Sendable {
  /// Addresses kept at the most; a hostile capture cannot make the table grow further.
  static let addressLimit = 65_536

  private(set) var homes: [IPAddress: AddressHome] = [:]
  private var nodeOfLinkAddress: [UInt64: Int] = [:]
  private var linkAddresses: [UInt16: MajorityVote<UInt64>] = [:]
  /// MAC addresses that pods send from, by the point of the pod's end.
  private var podLinkAddresses: [UInt16: MajorityVote<UInt64>] = [:]
  private var tunnelAddresses: [IPAddress: MajorityVote<Int>] = [:]
  private var transports: [NodePair: PairTransport] = [:]
  /// Packets seen at each point on their path, by family: which of several points is the usual one.
  private var crossings: [(v4: Int, v6: Int)] = []

  /// How flows' addresses are rewritten on their way.
  var translations = FlowTranslations()
  /// Nodes whose tables were taken over.
  var nodesOfTables: Set<Int> = []
  /// Whether points were found to see the same octets in different units.
  var hasUnits = false

  /// Changes whenever something that was known turned out differently.
  private(set) var version = 0

  /// Changes also whenever something is known that was not known before.
  var extent: Int {
    version &+ homes.count &+ tunnelAddresses.count &+ networks.count &+ transports.count
  }

  /// Changes with all that a sample teaches, but for what is only counted.
  var lessons: Int {
    extent &+ translations.changes &+ delayChanges &+ flowsOfPoints.count &+ (hasUnits ? 1 : 0)
  }

  func home(of address: IPAddress) -> AddressHome? { homes[address] }

  /// The node that has a link address on its bridge or VTEP device.
  func node(ofLinkAddress address: UInt64) -> Int? {
    address == 0 ? nil : nodeOfLinkAddress[address]
  }

  /// MAC address of a bridge or VTEP point.
  func linkAddress(of point: UInt16) -> UInt64? { linkAddresses[point]?.winner }

  func node(ofTunnelAddress address: IPAddress) -> Int? { tunnelAddresses[address]?.winner }

  /// The node whose own address it is, on the pods' network or on the underlay.
  func hostNode(of address: IPAddress) -> Int? {
    if let home = homes[address] {
      if home.isHost { return home.node }
      if home.isPod { return nil }
    }
    return tunnelAddresses[address]?.winner
  }

  /// Whether a row at a pod's end is of a frame to another pod: bridges flood what they do not know the port of.
  func isForAnotherPod(_ row: Observation) -> Bool {
    // A group address is for all pods.
    guard row.linkDestination != 0, row.linkDestination >> 40 & 1 == 0,
      let own = podLinkAddresses[row.point]?.winner
    else { return false }
    return row.linkDestination != own && row.linkSource != own
  }

  /// Learns the MAC address that a pod sends from. What was learnt of other pods' addresses by frames that were
  /// flooded to it is forgotten.
  mutating func learnPodLinkAddress(_ row: Observation, weight: Int) {
    guard row.linkSource != 0 else { return }
    if let place = podLinkAddresses.index(forKey: row.point) {
      podLinkAddresses.values[place].vote(row.linkSource, weight: weight)
      return
    }
    podLinkAddresses[row.point, default: MajorityVote()].vote(row.linkSource, weight: weight)
    for (address, home) in homes
    where address != row.source && home.hasEnd(at: row.point)
      && address.isIPv4 == row.source.isIPv4
    {
      homes[address]?.forgetEnds()
      version += 1
    }
  }

  /// Whether a veth at which a packet was seen is known to be neither its sender's nor its receiver's.
  func isOthers(_ row: Observation) -> Bool {
    guard let veth = homes[row.destination]?.veth, veth != row.point else { return false }
    return homes[row.source]?.veth != row.point
  }

  /// Whether a pod's end is known to be another pod's than the one with the address.
  func isEndOfOther(_ point: UInt16, than address: IPAddress) -> Bool {
    let end = PodEnd(point: point, isIPv4: address.isIPv4)
    guard let resident = residents[end]?.winner, resident != address else { return false }
    return homes[resident]?.hasEnd(at: point) == true
  }

  /// Learns which pod a pod's end belongs to.
  mutating func learnResident(_ address: IPAddress, of point: UInt16, weight: Int) {
    let end = PodEnd(point: point, isIPv4: address.isIPv4)
    if residents[end, default: MajorityVote()].vote(address, weight: weight) { version += 1 }
  }

  func transport(from source: Int, to destination: Int) -> PairTransport? {
    transports[NodePair(source: source, destination: destination)]
  }

  /// Changes what is known of an address, unless it is new and the table is full.
  mutating func learn(_ address: IPAddress, _ change: (inout AddressHome) -> Void) {
    if let place = homes.index(forKey: address) {
      let known = homes.values[place]
      change(&homes.values[place])
      if !homes.values[place].isSamePlace(as: known) { version += 1 }
    } else if homes.count < Self.addressLimit {
      var home = AddressHome()
      change(&home)
      homes[address] = home
    }
  }

  mutating func learnLinkAddress(
    _ address: UInt64, of point: UInt16, node: Int, weight: Int
  ) {
    // The lowest bit of the first octet marks a group address.
    guard address != 0, address >> 40 & 1 == 0 else { return }
    let known = linkAddresses[point]?.winner
    guard linkAddresses[point, default: MajorityVote()].vote(address, weight: weight) else {
      return
    }
    version += 1
    if let known { nodeOfLinkAddress[known] = nil }
    nodeOfLinkAddress[address] = node
  }

  mutating func learnTunnelAddress(_ address: IPAddress, node: Int, weight: Int) {
    guard tunnelAddresses.count < Self.addressLimit else { return }
    if let place = tunnelAddresses.index(forKey: address),
      tunnelAddresses.values[place].winner == node
    {
      tunnelAddresses.values[place].vote(node, weight: weight)
      return
    }
    if tunnelled.insert(NodeFamily(node: node, isIPv4: address.isIPv4)).inserted { version += 1 }
    tunnelAddresses[address, default: MajorityVote()].vote(node, weight: weight)
  }

  mutating func learnTransport(from source: Int, to destination: Int, encapsulated: Bool) {
    let pair = NodePair(source: source, destination: destination)
    if encapsulated {
      transports[pair, default: PairTransport()].encapsulated += 1
    } else {
      transports[pair, default: PairTransport()].plain += 1
    }
  }

  /// Whether a packet of the row's flow was seen at a point: its capture's filter lets them pass.
  func hasSeen(_ row: Observation, at point: UInt16) -> Bool {
    flowsOfPoints.contains(row.endpointsHash ^ UInt64(point) << 48)
  }

  mutating func noteFlow(of row: Observation) {
    guard flowsOfPoints.count < Self.addressLimit else { return }
    flowsOfPoints.insert(row.endpointsHash ^ UInt64(row.point) << 48)
  }

  mutating func countCrossings(_ count: Int, of point: UInt16, isIPv6: Bool) {
    while crossings.count <= Int(point) { crossings.append((0, 0)) }
    if isIPv6 { crossings[Int(point)].v6 += count } else { crossings[Int(point)].v4 += count }
  }

  func crossings(of point: UInt16, isIPv6: Bool) -> Int {
    guard point < crossings.count else { return 0 }
    return isIPv6 ? crossings[Int(point)].v6 : crossings[Int(point)].v4
  }

  /// The shortest time in nanoseconds that a packet took from one point to another; nil if unknown.
  func shortestDelay(from point: UInt16, to other: UInt16) -> Int64? {
    point == other ? 0 : shortestDelays[UInt32(point) << 16 | UInt32(other)]
  }

  /// Learns how long a packet took. No clock is so wrong that it comes a millisecond before it was sent, and
  /// times that make it an hour are no times.
  mutating func learnDelay(_ delay: Int64, from point: UInt16, to other: UInt16) {
    guard delay > -1_000_000, delay < 3_600_000_000_000 else { return }
    let key = UInt32(point) << 16 | UInt32(other)
    if let shortest = shortestDelays[key] {
      if delay < shortest { shortestDelays[key] = delay }
    } else {
      shortestDelays[key] = delay
      delayChanges &+= 1
    }
    guard delay > longestDelay else { return }
    if delay.leadingZeroBitCount < longestDelay.leadingZeroBitCount { delayChanges &+= 1 }
    longestDelay = delay
  }

  /// The node whose known pods share the address' network: /24 for IPv4, /64 for IPv6, flannel's sizes.
  func nodeByNetwork(of address: IPAddress) -> Int? {
    networks[Network(address)]?.winner
  }

  /// The longest time in nanoseconds that a packet took from its first point to another.
  private(set) var longestDelay: Int64 = 0
  private var shortestDelays: [UInt32: Int64] = [:]
  /// How often a way's delay was learnt that was not known, or the longest one was doubled.
  private var delayChanges = 0
  /// Flows by point, of captures with a filter.
  private var flowsOfPoints: Set<UInt64> = []
  private var networks: [Network: MajorityVote<Int>] = [:]
  private var residents: [PodEnd: MajorityVote<IPAddress>] = [:]

  mutating func learnNetwork(of address: IPAddress, node: Int, weight: Int) {
    guard networks.count < Self.addressLimit else { return }
    let network = Network(address)
    if let place = networks.index(forKey: network), networks.values[place].winner == node {
      networks.values[place].vote(node, weight: weight)
      return
    }
    if withPods.insert(NodeFamily(node: node, isIPv4: address.isIPv4)).inserted { version += 1 }
    networks[network, default: MajorityVote()].vote(node, weight: weight)
  }

  /// Whether a node has a tunnel address of the family that is known.
  func hasTunnelAddress(_ node: Int, isIPv4: Bool) -> Bool {
    tunnelled.contains(NodeFamily(node: node, isIPv4: isIPv4))
  }

  /// Whether a node has pods of the family whose network is known.
  func hasPodNetwork(_ node: Int, isIPv4: Bool) -> Bool {
    withPods.contains(NodeFamily(node: node, isIPv4: isIPv4))
  }

  private var tunnelled: Set<NodeFamily> = []
  private var withPods: Set<NodeFamily> = []

  private struct NodeFamily: Hashable {
    let node: Int
    let isIPv4: Bool
  }

  /// A pod has an address of each family.
  private struct PodEnd: Hashable {
    let point: UInt16
    let isIPv4: Bool
  }

  /// An address' network by flannel's default lengths.
  private struct Network: Hashable {
    let prefix: IPAddress

    init(_ address: IPAddress) {
      prefix =
        address.isIPv4
        ? IPAddress(v4: address.v4Bits & 0xffff_ff00) : IPAddress(high: address.high, low: 0)
    }
  }

  private struct NodePair: Hashable {
    let source: Int
    let destination: Int
  }
}

/// How packets of one direction between two nodes travelled.
struct PairTransport: Sendable {
  var encapsulated = 0
  var plain = 0

  /// host-gw or DirectRouting: never seen in a tunnel.
  var isPlain: Bool { encapsulated == 0 && plain > 0 }
}
