/// Remembers which trace carried a segment first, so that one sent again is linked to it.
///
/// A table of fixed size by flow and sequence number: what is sent very much later finds its place taken,
/// and stays without a link.
struct Retransmissions {
  private struct Entry {
    /// Bits of the key that the place in the table leaves open.
    var tag: UInt32 = 0
    /// The lower half of the trace's number.
    var number: UInt32 = 0
    /// Corrected time of the first observation, in units of 2^30 nanoseconds.
    var time: UInt16 = 0
  }

  /// Small enough to stay in the processor's cache beside the window.
  private static let capacity = 1 << 14
  private static let timeShift = 30
  /// Sequence numbers may be in use again after this time, about two minutes: TCP gives up before.
  private static let lifetime: Int16 = 112
  private var entries: [Entry] = Array(repeating: Entry(), count: capacity)

  /// Number of the trace that carried the trajectory's first octet before; else it is the first.
  mutating func original(of trajectory: borrowing Trajectory) -> UInt64? {
    guard trajectory.hops[0].observation.takesSequence else { return nil }
    let endpoints = trajectory.hops[0].observation.endpointsHash
    let sequence = trajectory.part?.sequence ?? trajectory.hops[0].observation.sequence
    let key = Observation.mix(endpoints, UInt64(sequence))
    let time = UInt16(
      truncatingIfNeeded: trajectory.hops[0].observation.correctedTime >> Self.timeShift)
    let place = Int(truncatingIfNeeded: key) & (Self.capacity - 1)
    let tag = UInt32(truncatingIfNeeded: key >> 32) | 1
    let known = entries[place]
    let age = Int16(bitPattern: time &- known.time)
    if known.tag == tag && age >= 0 && age < Self.lifetime {
      let distance = UInt32(truncatingIfNeeded: trajectory.number) &- known.number
      return trajectory.number - UInt64(distance)
    }
    entries[place] = Entry(
      tag: tag, number: UInt32(truncatingIfNeeded: trajectory.number), time: time)
    return nil
  }
}

extension Observation {
  /// Whether the segment has octets, or a SYN or FIN, that the other side acknowledges.
  fileprivate var takesSequence: Bool {
    isTCP && !isFragment && identity != 0
      && (payloadLength > 0 || tcpFlags & 3 != 0)
  }
}
