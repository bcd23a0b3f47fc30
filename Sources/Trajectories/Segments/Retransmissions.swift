/// Remembers which trace carried a segment first, so that one sent again is linked to it.
///
/// A table of fixed size by flow and sequence number: what is sent very much later finds its place taken,
/// and stays without a link.
struct Retransmissions {
  private struct Entry {
    /// Bits of the key that the place in the table leaves open.
    var tag: UInt32 = 0
    /// Corrected time of the first observation, in units of 2^26 nanoseconds.
    var time: UInt32 = 0
    var number: UInt64 = 0
  }

  private static let capacity = 1 << 15
  private static let timeShift = 26
  /// Sequence numbers may be in use again after this time, about two minutes: TCP gives up before.
  private static let lifetime: Int32 = 1800
  private var entries: [Entry] = Array(repeating: Entry(), count: capacity)

  /// Number of the trace that carried the trajectory's first octet before; else it is the first.
  mutating func original(of trajectory: borrowing Trajectory) -> UInt64? {
    guard trajectory.hops[0].observation.takesSequence else { return nil }
    let endpoints = trajectory.hops[0].observation.endpointsHash
    let sequence = trajectory.part?.sequence ?? trajectory.hops[0].observation.sequence
    let key = Observation.mix(endpoints, UInt64(sequence))
    let time = UInt32(
      truncatingIfNeeded: trajectory.hops[0].observation.correctedTime >> Self.timeShift)
    let place = Int(truncatingIfNeeded: key) & (Self.capacity - 1)
    let tag = UInt32(truncatingIfNeeded: key >> 32) | 1
    let known = entries[place]
    let age = Int32(bitPattern: time &- known.time)
    if known.tag == tag && age >= 0 && age < Self.lifetime { return known.number }
    entries[place] = Entry(tag: tag, time: time, number: trajectory.number)
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
