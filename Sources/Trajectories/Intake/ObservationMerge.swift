/// Brings the observations of all sources into one order of corrected time.
///
/// Consumes batches, adds the order: a tournament of the sources by their next rows. Rows of the same moment
/// are ordered by point name, frame and file, so that the order of the inputs does not matter.
@safe
struct ObservationMerge: ~Copyable {
  /// A source's batch and how far it has been taken from.
  @safe
  private struct Cursor {
    var rows: UnsafePointer<Observation>?
    var position = 0
    var count = 0
    /// Time of the row at the position, and the place of its point among all names.
    var time = Int64.max
    var rank = UInt16.max

    var row: UnsafePointer<Observation>? { unsafe rows.map { unsafe $0 + position } }
  }

  private let streams: [SourceStream]
  private let cursors: UnsafeMutablePointer<Cursor>
  /// A tournament of the streams (Knuth, The Art of Computer Programming, volume 3, section 5.4.1): each
  /// match keeps its loser, and place 0 the winner of all, whose row is the earliest.
  private let losers: UnsafeMutablePointer<Int>
  /// Whether the winner's row has been lent already.
  private var isLent = false

  init(_ streams: [SourceStream], table: inout PointTable) {
    self.streams = streams
    unsafe cursors = .allocate(capacity: streams.count + 1)
    unsafe losers = .allocate(capacity: streams.count + 1)
    for index in streams.indices {
      unsafe (cursors + index).initialize(to: Cursor(rows: streams[index].rows))
      refill(index, table: &table)
    }
    // At first everybody loses against nobody, and so comes to play.
    let nobody = streams.count
    unsafe (cursors + nobody).initialize(to: Cursor(rows: nil, time: .min, rank: 0))
    unsafe losers.initialize(repeating: nobody, count: streams.count + 1)
    for index in streams.indices { replay(index) }
  }

  deinit {
    unsafe cursors.deallocate()
    unsafe losers.deallocate()
  }

  /// The next row in order, lent until the next call; nil at the end.
  mutating func next(table: inout PointTable) -> UnsafePointer<Observation>? {
    if isLent { advance(table: &table) }
    let first = unsafe losers[0]
    isLent = unsafe cursors[first].position < cursors[first].count
    return isLent ? unsafe cursors[first].row : nil
  }

  /// Steps over the row of the winner.
  @inline(__always)
  private mutating func advance(table: inout PointTable) {
    let stream = unsafe losers[0]
    unsafe cursors[stream].position += 1
    if unsafe cursors[stream].position < cursors[stream].count {
      note(stream, table)
    } else {
      refill(stream, table: &table)
    }
    replay(stream)
  }

  @inline(__always)
  private func note(_ stream: Int, _ table: borrowing PointTable) {
    guard let row = unsafe cursors[stream].row else { return }
    unsafe cursors[stream].time = row.pointee.correctedTime
    unsafe cursors[stream].rank = table.rank(of: row.pointee.point)
  }

  /// Reads the stream's next batch; at its end it loses against all others.
  private mutating func refill(_ stream: Int, table: inout PointTable) {
    unsafe cursors[stream].count = streams[stream].refill(table: &table)
    unsafe cursors[stream].position = 0
    if unsafe cursors[stream].count > 0 {
      note(stream, table)
    } else {
      unsafe cursors[stream].time = .max
      unsafe cursors[stream].rank = .max
    }
  }

  /// Plays the matches from a stream's place up to the root again.
  @inline(__always)
  private mutating func replay(_ stream: Int) {
    var winner = stream
    var match = (stream + streams.count) >> 1
    while match > 0 {
      let other = unsafe losers[match]
      if isEarlier(other, winner) {
        unsafe losers[match] = winner
        winner = other
      }
      match >>= 1
    }
    unsafe losers[0] = winner
  }

  @inline(__always)
  private func isEarlier(_ one: Int, _ other: Int) -> Bool {
    let (time, otherTime) = unsafe (cursors[one].time, cursors[other].time)
    if time != otherTime { return time < otherTime }
    return unsafe (cursors[one].rank, one) < (cursors[other].rank, other)
  }
}

/// A source with the batch that is being emptied.
@safe
final class SourceStream {
  var source: CaptureSource
  private var batch = ObservationBatch()

  init(source: consuming CaptureSource) {
    self.source = source
  }

  /// The batch's rows; they stay in place as long as the stream lives.
  var rows: UnsafePointer<Observation> { unsafe batch.start }

  /// The frames of the fragments that an observation was put together from.
  func takeFrames(of frame: UInt64) -> [UInt64]? { source.takeFrames(of: frame) }

  /// Reads the next batch; returns the number of its rows, 0 at the end of the source.
  func refill(table: inout PointTable) -> Int {
    // A batch of frames without IP packets is no end: the source says when it has none left.
    repeat { source.fill(&batch, table: &table) } while batch.count == 0 && !source.isAtEnd
    return batch.count
  }
}
