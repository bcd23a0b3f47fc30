import Captures
import Packets

/// A point that records of one input belong to: makes the rows that are seen there, and counts.
struct LocalPoint {
  let interface: Int
  /// LINUX_SLL2's interface index, else 0.
  let interfaceIndex: UInt32
  let point: UInt16
  /// Whether fragments may be a tunnel's, which are put together: on the pods' side none are.
  let mayCarryTunnels: Bool
  var counters = PointCounters()
  private var clock: RunningClock

  init(
    interface: Int, interfaceIndex: UInt32, point: UInt16, mayCarryTunnels: Bool,
    clock: RunningClock
  ) {
    self.interface = interface
    self.interfaceIndex = interfaceIndex
    self.point = point
    self.mayCarryTunnels = mayCarryTunnels
    self.clock = clock
  }

  /// From here on goes by another model of the node's clock, while records are read as they come.
  mutating func correct(by clocks: ClockModel, node: Int) {
    clock = RunningClock(clocks, node: node, isFollowed: true)
  }

  /// Counts a frame.
  @inline(__always)
  mutating func count(_ record: borrowing CaptureRecord) {
    counters.frames += 1
    counters.note(time: record.time)
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

  /// Why `takeUsual` leaves the record that it came to.
  enum Refusal { case isUnusual, isElsewhere }

  /// Counts the record that the reader stands at and those behind it, and adds a row of each, for as long as they
  /// are of this interface and of the usual kind, and nothing else is to be noted of them. Nil where no more are
  /// at hand, the batch is full, or as many as may be taken are.
  ///
  /// - Parameters:
  ///   - limit: records that may be taken, at least one.
  ///   - lengths: fitted to what was captured of the payloads; nil where that is known.
  mutating func takeUsual(
    from reader: inout CaptureReader, limit: inout Int, _ decoder: PacketDecoder,
    _ collector: inout EvidenceCollector, file: UInt16, lengths: inout DigestLengths?,
    into batch: inout ObservationBatch
  ) throws(CaptureError) -> Refusal? {
    let interfaceCount = reader.interfaces.count
    let first = batch.count
    let end = first + min(limit, batch.room)
    defer {
      limit -= batch.count - first
      counters.frames += UInt64(batch.count - first)
      counters.observations += UInt64(batch.count - first)
    }
    var packet = UsualPacket()
    let fitsLengths = lengths != nil
    repeat {
      let record = reader.current
      guard record.interface == interface else { return .isElsewhere }
      guard collector.passesUsual, reader.interfaces.count == interfaceCount,
        decoder.decodeUsual(
          reader.bytes(), originalLength: record.originalLength, into: &packet)
      else { return .isUnusual }
      collector.pass()
      if fitsLengths { lengths?.fit(packet, frameLength: reader.bytes().byteCount) }
      counters.note(time: record.time)
      if packet.isEncapsulated { counters.encapsulated += 1 }
      batch.next.take(&packet)
      batch.next.time = record.time
      batch.next.correctedTime = clock.corrected(record.time)
      batch.next.frame = reader.frame
      batch.next.file = file
      batch.next.point = point
      batch.addNext()
      if batch.count == end { return nil }
    } while try reader.advance()
    return nil
  }
}
