import Packets
import Trajectories

/// What lost packets have in common: where they were seen last, and how they looked there.
struct LossKey: Hashable, Sendable {
  var from: UInt16
  var to: UInt16
  /// Where the packets came from: of the first point that saw them.
  var firstPoint: UInt16
  /// As the first point saw them.
  var source = IPAddress.unspecified
  var firstDestination = IPAddress.unspecified
  /// As the last point saw them, after translation.
  var lastSource = IPAddress.unspecified
  var destination = IPAddress.unspecified
  var destinationPort: UInt16 = 0
  var transportProtocol: UInt8 = 0
  var isIPv6 = false
  /// Whether both ends are pods.
  var isBetweenPods: Bool
  var encapsulation = Encapsulation.none
  /// Of the last tunnel that the packets were seen in.
  var tunnelSource = IPAddress.unspecified
  var tunnelDestination = IPAddress.unspecified
  /// The same where they were seen in one first.
  var firstTunnelSource = IPAddress.unspecified
  var tunnelPort: UInt16 = 0
  var vni: UInt32 = 0
  var linkSource: UInt64 = 0
  var linkDestination: UInt64 = 0
  /// Of all hops together: only what findings look at.
  var traits: UInt16 = 0
  /// Whether the packets came by one point more than once, with a lower TTL each time.
  var isLooping = false

  init(_ trajectory: borrowing Trajectory, first: Int, next: UInt16) {
    let origin = trajectory.hops[first].observation
    let last = trajectory.hops[trajectory.lastSeen].observation
    from = last.point
    to = next
    firstPoint = origin.point
    source = origin.source
    firstDestination = origin.destination
    lastSource = last.source
    destination = last.destination
    destinationPort = last.destinationPort
    transportProtocol = last.transportProtocol
    isBetweenPods = trajectory.scope == .pod
    isIPv6 = last.isIPv6
    encapsulation = last.encapsulation
    linkSource = last.linkSource
    linkDestination = last.linkDestination
    var visits = 0
    for index in trajectory.hops.indices where trajectory.hops[index].kind == .path {
      let row = trajectory.hops[index].observation
      traits |= row.traits.intersection(Self.telling).rawValue
      if row.point == last.point { visits += 1 }
      guard row.isEncapsulated else { continue }
      if firstTunnelSource == .unspecified { firstTunnelSource = row.tunnelSource }
      tunnelSource = row.tunnelSource
      tunnelDestination = row.tunnelDestination
      tunnelPort = row.tunnelDestinationPort
      vni = row.vni
      // A cooked capture has no addresses of its own for a device: the frame in the tunnel has.
      if last.linkDestination == 0 {
        linkSource = row.linkSource
        linkDestination = row.linkDestination
      }
    }
    isLooping = visits > 1 && last.timeToLive <= 1 || visits > 2
  }

  static let telling: Observation.Traits = [
    .hasUnusualTunnelFlags, .isOuterFragment, .isCongestionLost, .hasWrongChecksum,
    .hasWrongOuterChecksum,
  ]

  /// The same as bits.
  static let tellingBits = telling.rawValue

  /// From which tunnel end to which one; nil if the packets were seen in no tunnel.
  var way: TunnelEnds.Way? {
    tunnelPort == 0 ? nil : TunnelEnds.Way(source: tunnelSource, destination: tunnelDestination)
  }

  /// Whether a pod sent the packets to itself, by way of a service.
  var isForItsSender: Bool { source == destination }

  func has(_ trait: Observation.Traits) -> Bool { traits & trait.rawValue != 0 }

  /// Only where: for packets that find no place of their own in the table.
  var withoutDetails: LossKey {
    var key = self
    key.source = .unspecified
    key.firstDestination = .unspecified
    key.lastSource = .unspecified
    key.destination = .unspecified
    key.destinationPort = 0
    return key
  }
}

/// Lost packets with one key.
struct Loss: Sendable {
  let key: LossKey
  var count: UInt64 = 0
  /// Those that open a TCP connection: with SYN, without ACK.
  var openings: UInt64 = 0
  /// Those for which the later point's capture only ran beside others, by its own records' times.
  var inferred: UInt64 = 0
  /// IP lengths in bytes, as last seen.
  var shortest = UInt32.max
  var longest: UInt32 = 0
  /// When the first of them was last seen, as recorded, in nanoseconds since 1970.
  var firstTime = Int64.max
  var examples: [FrameReference] = []
  /// Whether a finding tells why.
  var isExplained = false

  static let exampleLimit = 3

  init(key: LossKey) {
    self.key = key
  }

  mutating func add(_ row: Observation, isInferred: Bool) {
    count += 1
    if isInferred { inferred += 1 }
    if row.transportProtocol == 6 && row.tcpFlags & 0x16 == 0x02 { openings += 1 }
    shortest = min(shortest, row.length)
    longest = max(longest, row.length)
    firstTime = min(firstTime, row.time)
    if examples.count < Self.exampleLimit {
      examples.append(FrameReference(file: row.file, frame: row.frame))
    }
  }
}

/// All lost packets by key, in the order in which they were met; bounded.
struct LossTable: Sendable {
  static let limit = 4096

  private(set) var rows: [Loss] = []
  private var index: [LossKey: Int] = [:]

  mutating func add(_ key: LossKey, _ row: Observation, isInferred: Bool) {
    let isFull = rows.count >= Self.limit && index[key] == nil
    let key = isFull ? key.withoutDetails : key
    if let known = index[key] {
      rows[known].add(row, isInferred: isInferred)
    } else if rows.count < 2 * Self.limit {
      index[key] = rows.count
      rows.append(Loss(key: key))
      rows[rows.count - 1].add(row, isInferred: isInferred)
    }
  }
}
