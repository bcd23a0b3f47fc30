import Packets
import Trajectories

/// What tells one conversation's direction from all others: addresses, ports and protocol as the
/// first point of the path saw them. Ports are 0 where the protocol has none.
struct FlowKey: Equatable, Sendable {
  let source: IPAddress
  let destination: IPAddress
  /// Both ports and the protocol, which are compared as one.
  private let ports: UInt64

  private static let hasPorts = Observation.Traits.hasPorts.rawValue

  @inline(__always)
  init(_ row: Observation) {
    source = row.source
    destination = row.destination
    // Raw values: operations of sets from another module are no plain instructions.
    let hasPorts = row.traits.rawValue & Self.hasPorts != 0
    let ports = UInt64(row.sourcePort) << 32 | UInt64(row.destinationPort) << 16
    self.ports = (hasPorts ? ports : 0) | UInt64(row.transportProtocol)
  }

  var sourcePort: UInt16 { UInt16(truncatingIfNeeded: ports >> 32) }
  var destinationPort: UInt16 { UInt16(truncatingIfNeeded: ports >> 16) }
  var transportProtocol: UInt8 { UInt8(truncatingIfNeeded: ports) }

  @inline(__always)
  static func == (one: FlowKey, other: FlowKey) -> Bool {
    one.source.isEqual(to: other.source) && one.destination.isEqual(to: other.destination)
      && one.ports == other.ports
  }

  /// All of the key in 64 bits, for a hash table: equal for equal keys.
  @inline(__always)
  var folded: UInt64 {
    let first = (source.low ^ 0x9e37_79b9_7f4a_7c15)
      .multipliedFullWidth(by: destination.low ^ 0xc2b2_ae3d_27d4_eb4f)
    let second = (source.high ^ ports)
      .multipliedFullWidth(by: destination.high ^ 0x1656_67b1_9e37_79f9)
    return first.high ^ first.low ^ second.high &* 31 ^ second.low
  }

  /// Less of the key, by which it is looked for among those met lately.
  @inline(__always)
  var folding: UInt64 {
    ((source.low &+ destination.low &* 31 &+ ports) &* 0x9e37_79b9_7f4a_7c15) >> 48
  }
}

/// One conversation's direction and what became of its packets.
struct Flow: Sendable {
  let key: FlowKey
  var packets: UInt64 = 0
  var lost: UInt64 = 0
  var partial: UInt64 = 0
  /// IP bytes.
  var bytes: UInt64 = 0
  /// The nodes at its ends, as far as its packets showed them.
  var ends = NodeEnds()

  var isTroubled: Bool { lost + partial > 0 }

  @inline(__always)
  mutating func add(_ trajectory: borrowing Trajectory, length: UInt32) {
    packets &+= 1
    bytes &+= UInt64(length)
    if case .complete = trajectory.outcome { return }
    if case .lost = trajectory.outcome { lost += 1 }
    if case .partial = trajectory.outcome { partial += 1 }
  }
}
