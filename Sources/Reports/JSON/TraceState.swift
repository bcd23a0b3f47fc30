import Packets
import Trajectories

/// What the text of a packet's line depends on besides the numbers that `TraceField` names.
struct TraceState: ~Copyable {
  /// What is said of the packet as a whole.
  private var judgement: UInt64 = 0
  private var points: UInt64 = 0
  private var hops: [HopState] = []

  /// The state of no packet.
  init() {}

  /// Nil for packets that say more than most: what is put together, part of something or sent again, and what
  /// changes on its way other than by its tunnel or in its TTL, class and addresses.
  init?(_ trajectory: borrowing Trajectory) {
    guard Self.isUsual(trajectory) else { return nil }
    judgement = Self.judgement(of: trajectory)
    points = Self.points(of: trajectory)
    hops = trajectory.hops.map(HopState.init)
  }

  /// Whether a packet is in this state.
  @inline(__always)
  func fits(_ trajectory: borrowing Trajectory) -> Bool {
    let hops = trajectory.hops.span
    let states = self.hops.span
    guard hops.count == states.count, Self.isUsual(trajectory),
      judgement == Self.judgement(of: trajectory), points == Self.points(of: trajectory)
    else { return false }
    for index in states.indices where !states[index].fits(hops[index]) { return false }
    return true
  }

  @inline(__always)
  private static func isUsual(_ trajectory: borrowing Trajectory) -> Bool {
    guard trajectory.part == nil, trajectory.retransmissionOf == nil,
      trajectory.reassembled.isEmpty, trajectory.reasons.count < 2
    else { return false }
    let hops = trajectory.hops.span
    var differences: UInt64 = 0
    for index in hops.indices {
      differences |= UInt64(hops[0].observation.length ^ hops[index].observation.length)
      differences |= UInt64(hops[0].observation.sourcePort ^ hops[index].observation.sourcePort)
      differences |= UInt64(
        hops[0].observation.destinationPort ^ hops[index].observation.destinationPort)
      differences |= UInt64(
        hops[0].observation.identification ^ hops[index].observation.identification)
      differences |= UInt64(
        hops[0].observation.icmpIdentifier ^ hops[index].observation.icmpIdentifier)
      differences |= UInt64(
        hops[index].observation.traits.rawValue & Observation.Traits.isFragment.rawValue)
    }
    return differences == 0
  }

  @inline(__always)
  private static func judgement(of trajectory: borrowing Trajectory) -> UInt64 {
    let delivered: UInt64 = trajectory.delivered.map { $0 ? 2 : 1 } ?? 0
    let lossEvidence = trajectory.lossEvidence.map { UInt64($0.rawValue) + 1 } ?? 0
    let confidence = trajectory.confidence.map { UInt64($0.rawValue) + 1 } ?? 0
    return UInt64(trajectory.scope.rawValue) | UInt64(trajectory.outcome.rawValue) << 8
      | delivered << 16 | lossEvidence << 24 | confidence << 32
      | (trajectory.isAmbiguous ? 1 << 40 : 0) | (trajectory.isProvisional ? 1 << 48 : 0)
  }

  @inline(__always)
  private static func points(of trajectory: borrowing Trajectory) -> UInt64 {
    let expected = trajectory.expectedNext.map { UInt64($0) + 1 } ?? 0
    var points = UInt64(truncatingIfNeeded: trajectory.lastSeen) & 0xff | expected << 8
    if !trajectory.reasons.isEmpty {
      points |= (trajectory.reasons[0].point.map { UInt64($0) + 1 } ?? 0) << 32
      points |= (UInt64(trajectory.reasons[0].code.rawValue) + 1) << 56
    }
    return points
  }
}

/// The same of one hop.
private struct HopState: BitwiseCopyable {
  private let source: IPAddress
  private let destination: IPAddress
  private let tunnelSource: IPAddress
  private let tunnelDestination: IPAddress
  private let place: UInt64
  private let state: UInt64

  init(_ hop: Hop) {
    source = hop.observation.source
    destination = hop.observation.destination
    tunnelSource = hop.observation.tunnelSource
    tunnelDestination = hop.observation.tunnelDestination
    place = Self.place(of: hop)
    state = Self.state(of: hop)
  }

  @inline(__always)
  func fits(_ hop: borrowing Hop) -> Bool {
    let differences =
      (source.high ^ hop.observation.source.high) | (source.low ^ hop.observation.source.low)
      | (destination.high ^ hop.observation.destination.high)
      | (destination.low ^ hop.observation.destination.low)
      | (tunnelSource.high ^ hop.observation.tunnelSource.high)
      | (tunnelSource.low ^ hop.observation.tunnelSource.low)
      | (tunnelDestination.high ^ hop.observation.tunnelDestination.high)
      | (tunnelDestination.low ^ hop.observation.tunnelDestination.low)
      | (place ^ Self.place(of: hop)) | (state ^ Self.state(of: hop))
    return differences == 0
  }

  @inline(__always)
  private static func place(of hop: borrowing Hop) -> UInt64 {
    UInt64(hop.observation.point) | UInt64(hop.observation.file) << 16
      | UInt64(hop.observation.vni) << 32
  }

  @inline(__always)
  private static func state(of hop: borrowing Hop) -> UInt64 {
    let traits = hop.observation.traits.rawValue & Self.traits.rawValue
    return UInt64(hop.observation.timeToLive) | UInt64(hop.observation.trafficClass) << 8
      | UInt64(hop.observation.transportProtocol) << 16 | code(of: hop.kind) << 24
      | UInt64(hop.observation.encapsulation.rawValue) << 28 | UInt64(traits) << 32
      | UInt64(hop.observation.tunnelDestinationPort) << 48
  }

  // The raw value of what another module declares is a call.
  @inline(__always)
  private static func code(of kind: Hop.Kind) -> UInt64 {
    switch kind {
    case .path: 0
    case .bridgeCopy: 1
    case .recapture: 2
    case .duplicate: 3
    }
  }

  /// Those that the text depends on.
  private static var traits: Observation.Traits { [.isIPv6, .hasPorts, .isReassembled] }
}
