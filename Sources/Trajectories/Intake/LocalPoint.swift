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
    row.setHashes()
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
    repeat {
      guard reader.current.interface == interface else { return .isElsewhere }
      guard reader.interfaces.count == interfaceCount else { return .isUnusual }
      var traits: Observation.Traits = []
      let isDue = collector.isDue
      if isDue {
        guard let verified = verified(reader.run(), decoder, &collector) else { return .isUnusual }
        traits = verified
      }
      let room = min(limit, batch.room, collector.passingCount &+ (isDue ? 1 : 0))
      let count = takeRun(
        from: &reader, limit: room, decoder, file: file, lengths: &lengths, into: &batch)
      guard count > 0 else { return .isUnusual }
      batch.next.traits.formUnion(traits)
      batch.addNext(count)
      collector.pass(isDue ? count - 1 : count)
      limit -= count
      if limit == 0 || batch.isFull { return nil }
    } while try reader.advance()
    return nil
  }

  /// Verifies the first record of a run; returns what its row is to be marked with, nil if it is not of the usual
  /// kind.
  private func verified(
    _ run: borrowing RecordRun, _ decoder: PacketDecoder, _ collector: inout EvidenceCollector
  ) -> Observation.Traits? {
    guard let record = run.record(at: run.place),
      let packet = decoder.usualPacket(in: record.bytes, originalLength: record.originalLength),
      decoder.usualTransport(of: packet) != nil
    else { return nil }
    return collector.verify(packet)
  }

  /// The same of records that are at hand, without adding the rows, whatever is due. Returns their number; unless
  /// that is 0 the reader stands behind the last one then.
  @inline(__always)
  private mutating func takeRun(
    from reader: inout CaptureReader, limit: Int, _ decoder: PacketDecoder, file: UInt16,
    lengths: inout DigestLengths?, into batch: inout ObservationBatch
  ) -> Int {
    let (count, place) = takeRun(
      reader.run(), decoder, lengths: &lengths, into: batch.next(limit))
    guard count > 0 else { return 0 }
    complete(
      batch.next(count), file: file, firstFrame: reader.frame,
      frameStep: reader.numbersFrames ? 1 : 0)
    reader.moveOn(behind: count, to: place)
    return count
  }

  /// Fills rows from a run's records up to the first that is not of the usual kind, but for what is not in the
  /// records. Returns the number of rows, and where the last record ends.
  @inline(__always)
  private func takeRun(
    _ run: borrowing RecordRun, _ decoder: PacketDecoder, lengths: inout DigestLengths?,
    into rows: consuming MutableSpan<Observation>
  ) -> (count: Int, place: Int) {
    var place = run.place
    var count = 0
    let fitsLengths = lengths != nil
    var longest = 0
    while count < rows.count, let record = run.record(at: place),
      let packet = decoder.usualPacket(in: record.bytes, originalLength: record.originalLength)
    {
      longest = max(longest, record.end &- place)
      run.expectRecords(behind: record.end, longest: longest)
      rows.expect(count &+ 3)
      rows[count].time = record.time
      rows[count].point = point
      rows[count].take(packet)
      // Nothing of what is carried is part of them, and here all of it is in registers.
      rows[count].setHashes()
      guard let transport = decoder.usualTransport(of: packet) else { break }
      rows[count].take(transport)
      if fitsLengths { lengths?.fit(packet, transport) }
      count &+= 1
      place = record.end
    }
    return (count, place)
  }

  /// Counts the frames that rows were filled from, and fills in the rest.
  ///
  /// - Parameter frameStep: by how much each frame's number is greater than the one's before.
  @inline(__always)
  private mutating func complete(
    _ rows: consuming MutableSpan<Observation>, file: UInt16, firstFrame: UInt64, frameStep: UInt64
  ) {
    counters.frames += UInt64(rows.count)
    counters.observations += UInt64(rows.count)
    var encapsulated: UInt64 = 0
    var (first, last) = (counters.first, counters.last)
    var frame = firstFrame
    for index in rows.indices {
      let time = rows[index].time
      first = min(first, time)
      last = max(last, time)
      rows[index].correctedTime = clock.corrected(time)
      rows[index].frame = frame
      rows[index].file = file
      frame &+= frameStep
      if rows[index].isEncapsulated { encapsulated &+= 1 }
    }
    counters.encapsulated += encapsulated
    (counters.first, counters.last) = (first, last)
  }
}
