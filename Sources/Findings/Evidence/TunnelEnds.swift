import Packets
import Trajectories

/// What packets show of the tunnel endpoints: from which address which MAC, VNI and port are used and at which
/// points that shows, the same of each way from one endpoint to another, what endpoints take out of the
/// tunnel, and at which endpoint the addresses inside live.
///
/// Consumes the first encapsulated observation of each packet. A fact is written down once; packets
/// that tell nothing new cost one comparison. All tables are bounded: of what finds no place nothing is said.
struct TunnelEnds: Sendable {
  /// A value and the first frame that shows it.
  struct Fact: Hashable, Sendable {
    var value: UInt64
    var example: FrameReference
  }

  /// One endpoint, by the address that it sends from.
  struct End: Sendable {
    /// MAC addresses of its VTEP devices: of IPv4 and of IPv6.
    var macs: [Fact] = []
    var vnis: [Fact] = []
    var ports: [Fact] = []
    /// Points where its packets were first seen in the tunnel: its own node's if that was captured.
    var points: [Fact] = []
  }

  /// What a packet of a known way shows of the endpoints, as far as that is not the same for all of the way.
  struct Mark: Sendable {
    var source = IPAddress(high: 0, low: 0)
    var linkSource: UInt64 = 0
    var linkDestination: UInt64 = 0
    /// VNI, and the tunnel's destination port.
    var parameters = UInt64.max

    init() {}

    init(_ row: Observation) {
      source = row.tunnelSource
      linkSource = row.linkSource
      linkDestination = row.linkDestination
      parameters = Self.parameters(vni: row.vni, port: row.tunnelDestinationPort)
    }

    /// Whether a packet shows the same. One that answers a connection's opening tells more.
    @inline(__always)
    func holds(of trajectory: borrowing Trajectory, hop: Int) -> Bool {
      let hops = trajectory.hops.span
      return source.low == hops[hop].observation.tunnelSource.low
        && source.high == hops[hop].observation.tunnelSource.high
        && linkSource == hops[hop].observation.linkSource
        && linkDestination == hops[hop].observation.linkDestination
        && parameters
          == Self.parameters(
            vni: hops[hop].observation.vni, port: hops[hop].observation.tunnelDestinationPort)
        && hops[hop].observation.tcpFlags & 0x12 != 0x12
    }

    @inline(__always)
    private static func parameters(vni: UInt32, port: UInt16) -> UInt64 {
      UInt64(vni) << 16 | UInt64(port)
    }
  }

  /// From one endpoint to another.
  struct Way: Hashable, Sendable {
    let source: IPAddress
    let destination: IPAddress

    var reversed: Way { Way(source: destination, destination: source) }
  }

  /// What an endpoint was seen to take out of the tunnel.
  struct Intake: Sendable {
    var vnis: Set<UInt64> = []
    var ports: Set<UInt64> = []
    /// MAC addresses of the devices that sent it.
    var senders: Set<UInt64> = []
    /// MAC addresses that it was for, of packets that were routed on: the endpoint's own.
    var macs: Set<UInt64> = []
  }

  /// An address inside the tunnel and the endpoint that its packets come from.
  struct Home: Sendable {
    var end: IPAddress
    var example: FrameReference
  }

  /// Two endpoints that send packets of one inner address.
  struct Clash: Sendable {
    var address: IPAddress
    var ends: (IPAddress, IPAddress)
    var examples: [FrameReference]
  }

  static let limit = 4096
  /// As many as 256 nodes have among each other.
  private static let wayLimit = 65_536
  private static let factLimit = 16
  private static let homeLimit = 65_536

  private(set) var ends: [IPAddress: End] = [:]
  /// What is sent from one endpoint to another.
  private(set) var ways: [Way: End] = [:]
  private(set) var intakes: [IPAddress: Intake] = [:]
  /// Ways in which a TCP connection was asked for: its answer came back.
  private(set) var answered: Set<Way> = []
  private(set) var clashes: [Clash] = []
  private var homes: [IPAddress: Home] = [:]
  private var recent = [UInt64](repeating: 0, count: recentCount)
  private static let recentCount = 1024

  /// Writes down what a packet shows; what is to be compared with the next packet of its way.
  mutating func note(_ trajectory: borrowing Trajectory, hop: Int) -> Mark {
    add(trajectory, hop: hop)
    return Mark(trajectory.hops[hop].observation)
  }

  private mutating func add(_ trajectory: borrowing Trajectory, hop: Int) {
    let source = trajectory.hops[hop].observation.source
    let tunnelSource = trajectory.hops[hop].observation.tunnelSource
    let tunnelDestination = trajectory.hops[hop].observation.tunnelDestination
    let mac = trajectory.hops[hop].observation.linkSource
    let parameters =
      UInt64(trajectory.hops[hop].observation.vni) << 16
      | UInt64(trajectory.hops[hop].observation.tunnelDestinationPort)
      | UInt64(trajectory.hops[hop].observation.timeToLive) << 40
    let last = trajectory.lastSeen
    let isTaken = trajectory.hops[last].observation.encapsulation.rawValue == 0
    let isRouted =
      trajectory.hops[last].observation.timeToLive < trajectory.hops[hop].observation.timeToLive
    let isAnswer = trajectory.hops[hop].observation.tcpFlags & 0x12 == 0x12
    let fate: UInt64 =
      (isTaken ? 1 << 48 : 0) | (isRouted ? 1 << 49 : 0) | (isAnswer ? 1 << 50 : 0)
    let ends =
      (source.low ^ source.high &* 31) &+ (tunnelSource.low ^ tunnelSource.high) &* 37
      &+ (tunnelDestination.low ^ tunnelDestination.high) &* 41
    let product = (ends ^ 0x9e37_79b9_7f4a_7c15)
      .multipliedFullWidth(by: mac &+ (parameters | fate) &* 0xd6e8_feb8_6659_fd93 | 1)
    let hash = product.high ^ product.low | 1
    let slot = Int(truncatingIfNeeded: hash >> 32) & (Self.recentCount - 1)
    if recent[slot] == hash { return }
    recent[slot] = hash
    let row = trajectory.hops[hop].observation
    guard row.encapsulation == .vxlan else { return }
    add(row, isBetweenPods: trajectory.scope == .pod)
    if isTaken { addIntake(row, isRouted: isRouted) }
    if isAnswer && answered.count < Self.wayLimit {
      answered.insert(Way(source: row.tunnelDestination, destination: row.tunnelSource))
    }
  }

  /// MAC addresses known of an endpoint.
  func macs(of end: IPAddress) -> [UInt64] { ends[end]?.macs.map(\.value) ?? [] }

  /// The endpoints by the MAC addresses that they send with.
  func endsByMAC() -> [UInt64: [IPAddress]] {
    var owners: [UInt64: [IPAddress]] = [:]
    for (address, end) in ends {
      for mac in end.macs { owners[mac.value, default: []].append(address) }
    }
    return owners
  }

  /// Addresses of pods by the endpoint that sends their packets.
  func podsByEnd() -> [IPAddress: [IPAddress]] {
    Dictionary(grouping: homes.keys) { homes[$0]?.end ?? .unspecified }
  }

  /// A frame in which a pod sent from an address; nil if none was seen in a tunnel.
  func example(ofPod address: IPAddress) -> FrameReference? { homes[address]?.example }

  private mutating func add(_ row: Observation, isBetweenPods: Bool) {
    let example = FrameReference(file: row.file, frame: row.frame)
    Self.add(row, example, to: &ends, of: row.tunnelSource, limit: Self.limit)
    let way = Way(source: row.tunnelSource, destination: row.tunnelDestination)
    Self.add(row, example, to: &ways, of: way, limit: Self.wayLimit)
    // A node that hands on what it received is not the home of its sender; nor is one that a client of
    // a service outside the overlay chose.
    guard isBetweenPods, row.hasSenderTimeToLive else { return }
    if let home = homes[row.source] {
      guard home.end != row.tunnelSource, clashes.count < Self.factLimit,
        !clashes.contains(where: { $0.address == row.source })
      else { return }
      clashes.append(
        Clash(
          address: row.source, ends: (home.end, row.tunnelSource),
          examples: [home.example, example]))
    } else if homes.count < Self.homeLimit {
      homes[row.source] = Home(end: row.tunnelSource, example: example)
    }
  }

  private static func add<Key>(
    _ row: Observation, _ example: FrameReference, to ends: inout [Key: End], of key: Key,
    limit: Int
  ) {
    guard ends.count < limit || ends[key] != nil else { return }
    note(row.linkSource, example, in: &ends[key, default: End()].macs)
    note(UInt64(row.vni), example, in: &ends[key, default: End()].vnis)
    note(UInt64(row.tunnelDestinationPort), example, in: &ends[key, default: End()].ports)
    note(UInt64(row.point), example, in: &ends[key, default: End()].points)
  }

  private mutating func addIntake(_ row: Observation, isRouted: Bool) {
    let end = row.tunnelDestination
    guard intakes.count < Self.limit || intakes[end] != nil else { return }
    Self.note(UInt64(row.vni), in: &intakes[end, default: Intake()].vnis)
    Self.note(UInt64(row.tunnelDestinationPort), in: &intakes[end, default: Intake()].ports)
    // A frame that was cut before its addresses has none.
    guard row.linkSource != 0 else { return }
    Self.note(row.linkSource, in: &intakes[end, default: Intake()].senders)
    if isRouted { Self.note(row.linkDestination, in: &intakes[end, default: Intake()].macs) }
  }

  private static func note(_ value: UInt64, in values: inout Set<UInt64>) {
    if values.count < factLimit { values.insert(value) }
  }

  private static func note(_ value: UInt64, _ example: FrameReference, in facts: inout [Fact]) {
    guard facts.count < factLimit, !facts.contains(where: { $0.value == value }) else { return }
    facts.append(Fact(value: value, example: example))
  }
}
