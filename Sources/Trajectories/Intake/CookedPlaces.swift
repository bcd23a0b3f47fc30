import Packets
import Topology

/// Tells through which kind of interface a packet of a LINUX_SLL capture passed. The format does not name
/// interfaces: what is left is the packet's type, its TTL, its tunnel, and where it was just before, since
/// one capture of all interfaces has the copies in the order in which they were made.
struct CookedPlaces {
  /// Where a packet was seen last.
  private struct Sighting {
    var identity: UInt64 = 0
    var role = InterfaceRole.unknown
    var timeToLive: UInt8 = 0
    var packetType: UInt8 = 0
    /// Equal packets that came in by the wire in a tunnel and have not been seen out of it yet.
    var arrivals: UInt8 = 0
  }

  /// Packets remembered at the most: so many rows by the low bits of their identities, of so many each.
  private static let rowCount = 1024
  private static let rowLength = 4
  /// Pods told apart at the most.
  private static let podLimit = 1024
  private static let shared: [InterfaceRole] = [.bridge, .vtep, .nic]

  private var sightings = Array(repeating: Sighting(), count: rowCount * rowLength)
  /// Place in its row that is given up next.
  private var oldest = 0
  private var pods: [IPAddress: UInt32] = [:]
  private var addresses: [IPAddress] = []
  private(set) var network: CookedNetwork

  /// - Parameter network: what a first look told.
  init(_ network: CookedNetwork) {
    self.network = network
  }

  /// A number for the interface, as if it were its index.
  mutating func index(of packet: inout PacketSummary) -> UInt32 {
    guard packet.network.version != 0 else { return Self.index(of: .nic) }
    let place = place(of: packet.identity)
    let isKnown = sightings[place].identity == packet.identity && packet.identity != 0
    let known = isKnown ? sightings[place] : Sighting()
    let role = role(of: &packet, after: known)
    sightings[place] = Sighting(
      identity: packet.identity, role: role, timeToLive: packet.network.timeToLive,
      packetType: packet.link.packetType, arrivals: known.arrivals)
    if packet.link.packetType == 0 {
      if role == .vtep { sightings[place].arrivals &-= 1 }
      if packet.tunnel.depth > 0 { sightings[place].arrivals &+= 1 }
    }
    guard role == .veth else { return Self.index(of: role) }
    return podIndex(
      packet.link.packetType == 4 ? packet.network.destination : packet.network.source)
  }

  /// Where a packet is remembered, or may be.
  private mutating func place(of identity: UInt64) -> Int {
    let row = Int(truncatingIfNeeded: identity) & (Self.rowCount - 1)
    let places = row * Self.rowLength..<(row + 1) * Self.rowLength
    if let known = places.first(where: { sightings[$0].identity == identity }) { return known }
    oldest = (oldest + 1) % Self.rowLength
    return places.lowerBound + oldest
  }

  /// Role and name of the interface of a number: of that role, or of the pod that has an address.
  ///
  /// - Parameter snapshot: of the node; tells the name where there is one interface of the role.
  func interface(
    at index: UInt32, on snapshot: NodeSnapshot?
  ) -> (role: InterfaceRole, name: String) {
    let place = Int(index) - 1
    guard place < Self.shared.count else {
      return (.veth, "veth-\(addresses[place - Self.shared.count])")
    }
    let role = Self.shared[place]
    let names = snapshot?.links.map(\.name).filter {
      snapshot?.role(ofInterfaceNamed: $0) == role
    }
    return (role, names?.count == 1 ? names?.first ?? role.name : role.name)
  }

  private static func index(of role: InterfaceRole) -> UInt32 {
    UInt32((shared.firstIndex(of: role) ?? 0) + 1)
  }

  private mutating func podIndex(_ address: IPAddress) -> UInt32 {
    if let index = pods[address] { return index }
    guard addresses.count < Self.podLimit else { return Self.index(of: .bridge) }
    addresses.append(address)
    network.pods.insert(address)
    let index = UInt32(Self.shared.count + addresses.count)
    pods[address] = index
    return index
  }

  private mutating func role(
    of packet: inout PacketSummary, after last: Sighting
  ) -> InterfaceRole {
    if packet.tunnel.depth > 0 {
      network.noteTunnel(&packet.tunnel)
      return .nic
    }
    let isUntouched = packet.network.timeToLive == last.timeToLive
    switch packet.link.packetType {
    case 3:
      // What a bridge in promiscuous mode gets of what it has just passed on.
      guard last.role == .veth && last.packetType == 4 && isUntouched else { return .veth }
      network.hasBridge = true
      return .bridge
    case 4:
      return sendingRole(of: &packet, after: last, isUntouched: isUntouched)
    default:
      // Out of the pod's veth, or out of the tunnel.
      if last.role == .veth && last.packetType == 3 && isUntouched {
        network.hasBridge = true
        return .bridge
      }
      if last.arrivals > 0 { return .vtep }
      return !network.isBridged && isFromPod(packet) ? .veth : .nic
    }
  }

  /// Whether a pod's packet: from a known one, or touched by no router yet and no node's own.
  private func isFromPod(_ packet: PacketSummary) -> Bool {
    network.pods.contains(packet.network.source)
      || Observation.isOriginal(packet.network.timeToLive)
        && !network.tunnelAddresses.contains(packet.network.source)
        && !network.tunnelAddresses.contains(packet.network.destination)
        && !packet.network.source.isFirstOfNetwork
  }

  /// Of what the node sends out of an interface.
  private mutating func sendingRole(
    of packet: inout PacketSummary, after last: Sighting, isUntouched: Bool
  ) -> InterfaceRole {
    let destination = packet.network.destination
    let isForPod =
      network.pods.contains(destination)
      || network.isBridged && packet.network.source.isNeighbour(of: destination)
    switch last.role {
    case .veth where isUntouched:
      if last.packetType == 3 { network.hasBridge = true }
      return .veth
    case .bridge where last.packetType == 4 && isUntouched:
      return .veth
    case .vtep, .nic:
      return network.podSide
    case .bridge, .veth, .pod, .unknown:
      if isForPod { return network.podSide }
      // The underlay's own addresses are not behind a tunnel.
      if network.tunnelAddresses.contains(destination) { return .nic }
      // Routed on from a pod, or the node's own from its VTEP device's address.
      let isRouted = last.role == (network.isBridged ? .bridge : .veth)
      return network.hasTunnel && isRouted || packet.network.source.isFirstOfNetwork
        ? .vtep : .nic
    }
  }
}

extension IPAddress {
  /// Whether both lie in one node's pod network by flannel's usual sizes: /24, or /64 for IPv6.
  func isNeighbour(of other: IPAddress) -> Bool {
    guard isIPv4 == other.isIPv4 else { return false }
    return isIPv4 ? v4Bits >> 8 == other.v4Bits >> 8 : high == other.high
  }

  /// Whether it is the first address of such a network: no pod has it, flannel gives it to the node's VTEP
  /// device.
  var isFirstOfNetwork: Bool { isIPv4 ? v4Bits & 0xff == 0 : low == 0 && high != 0 }
}
