import Packets
import Trajectories

/// What of a `trace` line differs from packet to packet of one way: numbers of the packet or of its hops.
enum TraceField: UInt8 {
  /// The trace's own number, in hexadecimal.
  case trace
  /// Times as seconds.
  case time, correctedTime
  case frame, identification, sequence, sourcePort, destinationPort, length
  case tunnelSourcePort, tunnelIdentification
  case delay, delayError
  /// Where what all hops say alike of the packet begins in the first of them, and ends.
  case sharedStart, sharedEnd
  /// The same said again.
  case shared
}

extension Hop {
  /// A field that is a plain number; nil where the hop has none.
  @inline(__always)
  func number(_ field: TraceField) -> Int64? {
    switch field {
    case .trace, .time, .correctedTime, .sharedStart, .sharedEnd, .shared: nil
    case .frame: Int64(truncatingIfNeeded: observation.frame)
    case .identification: observation.isIPv6 ? nil : Int64(observation.identification)
    case .sequence: observation.hasSequence ? Int64(observation.sequence) : nil
    case .sourcePort:
      observation.traits.contains(.hasPorts) ? Int64(observation.sourcePort) : nil
    case .destinationPort:
      observation.traits.contains(.hasPorts) ? Int64(observation.destinationPort) : nil
    case .length: Int64(observation.length)
    case .tunnelSourcePort:
      observation.encapsulation.hasPorts ? Int64(observation.tunnelSourcePort) : nil
    case .tunnelIdentification:
      observation.tunnelSource.isIPv4 ? Int64(observation.tunnelIdentification) : nil
    case .delay: delay
    case .delayError: delayError
    }
  }
}
