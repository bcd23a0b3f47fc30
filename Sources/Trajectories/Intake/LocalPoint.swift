import Captures
import Packets

/// A point that records of one input belong to: makes the rows that are seen there, and counts.
struct LocalPoint {
  let interface: Int
  /// LINUX_SLL2's interface index, else 0.
  let interfaceIndex: UInt32
  let point: UInt16
  var counters = PointCounters()
  private var clock: RunningClock

  init(interface: Int, interfaceIndex: UInt32, point: UInt16, clock: RunningClock) {
    self.interface = interface
    self.interfaceIndex = interfaceIndex
    self.point = point
    self.clock = clock
  }

  /// Counts a frame.
  @inline(__always)
  mutating func count(_ record: borrowing CaptureRecord) {
    counters.frames += 1
    counters.first = min(counters.first, record.time)
    counters.last = max(counters.last, record.time)
  }

  /// Fills the row if there is an IP packet in a frame, but for the file's number and the filter's word;
  /// tells whether there is.
  @inline(__always)
  mutating func take(
    frame: UInt64, time: Int64, _ summary: inout PacketSummary, into row: inout Observation
  ) -> Bool {
    guard summary.network.version != 0 else { return false }
    if summary.identity == 0 { counters.unrecognisable += 1 }
    counters.count(
      isEncapsulated: summary.tunnel.depth > 0, packetType: summary.link.packetType,
      hasOriginalTimeToLive: Observation.isOriginal(summary.network.timeToLive))
    row.take(&summary)
    row.time = time
    row.correctedTime = clock.corrected(time)
    row.frame = frame
    row.point = point
    return true
  }

  /// Counts a frame of the usual kind and fills its row.
  @inline(__always)
  mutating func take(
    _ record: borrowing CaptureRecord, _ packet: inout UsualPacket, file: UInt16,
    into row: inout Observation
  ) {
    count(record)
    counters.observations += 1
    if packet.isEncapsulated { counters.encapsulated += 1 }
    row.take(&packet)
    row.time = record.time
    row.correctedTime = clock.corrected(record.time)
    row.frame = record.frame
    row.file = file
    row.point = point
  }
}
