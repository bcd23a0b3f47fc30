/// Brings the observations of all sources into one order of corrected time.
///
/// Consumes batches, adds the order: a heap of the sources by their next row. Rows of the same moment
/// are ordered by point name, frame and file, so that the order of the inputs does not matter.
@safe
struct ObservationMerge: ~Copyable {
  /// A source's batch and how far it has been taken from.
  @safe
  private struct Cursor {
    var rows: UnsafePointer<Observation>
    var position: Int
    var count: Int
    /// Time of the row at the position.
    var time: Int64
  }

  private let streams: [SourceStream]
  private let cursors: UnsafeMutablePointer<Cursor>
  /// Numbers of the streams with rows left; the one with the earliest row first.
  private let heap: UnsafeMutablePointer<Int>
  private var heapCount = 0
  private var sameMoment: [Observation] = []

  /// Longer runs of one moment are ordered piecewise, which bounds memory.
  private static let runLimit = 4096

  init(_ streams: [SourceStream], table: inout PointTable) {
    self.streams = streams
    unsafe cursors = .allocate(capacity: max(1, streams.count))
    unsafe heap = .allocate(capacity: max(1, streams.count))
    for index in streams.indices {
      unsafe (cursors + index).initialize(
        to: Cursor(rows: streams[index].rows, position: 0, count: 0, time: .max))
      if refill(index, table: &table) {
        unsafe heap[heapCount] = index
        heapCount += 1
        siftUp(heapCount - 1)
      }
    }
  }

  deinit {
    unsafe cursors.deallocate()
    unsafe heap.deallocate()
  }

  /// Hands over the next rows in order; false at the end.
  mutating func next(
    table: inout PointTable, _ body: (borrowing Observation, borrowing PointTable) -> Void
  ) -> Bool {
    guard heapCount > 0 else { return false }
    let first = unsafe heap[0]
    let time = unsafe cursors[first].time
    if isAlone(time, in: first) {
      unsafe body(cursors[first].rows[cursors[first].position], table)
      advance(first, table: &table)
    } else {
      takeMoment(time, table: &table)
      for row in sameMoment { body(row, table) }
    }
    return true
  }

  /// Whether the first stream's next row is the only one of its moment: its successor in the stream is
  /// later, and so are the other streams' next ones, of which the earliest are its children in the heap.
  private func isAlone(_ time: Int64, in stream: Int) -> Bool {
    for child in 1...2 where unsafe child < heapCount && cursors[heap[child]].time == time {
      return false
    }
    let cursor = unsafe cursors[stream]
    let after = cursor.position + 1
    return unsafe after >= cursor.count || cursor.rows[after].correctedTime != time
  }

  /// Collects the rows of one moment and orders them.
  private mutating func takeMoment(_ time: Int64, table: inout PointTable) {
    sameMoment.removeAll(keepingCapacity: true)
    while heapCount > 0, sameMoment.count < Self.runLimit {
      let stream = unsafe heap[0]
      guard unsafe cursors[stream].time == time else { break }
      unsafe sameMoment.append(cursors[stream].rows[cursors[stream].position])
      advance(stream, table: &table)
    }
    for end in sameMoment.indices.dropFirst() {
      var index = end
      while index > 0 && isBefore(sameMoment[index], sameMoment[index - 1], table) {
        sameMoment.swapAt(index, index - 1)
        index -= 1
      }
    }
  }

  private func isBefore(
    _ one: Observation, _ other: Observation, _ table: borrowing PointTable
  ) -> Bool {
    (table.rank(of: one.point), one.frame, one.file)
      < (table.rank(of: other.point), other.frame, other.file)
  }

  /// Steps over the next row of the stream at the top of the heap.
  private mutating func advance(_ stream: Int, table: inout PointTable) {
    let position = unsafe cursors[stream].position + 1
    if unsafe position < cursors[stream].count {
      unsafe cursors[stream].position = position
      unsafe cursors[stream].time = cursors[stream].rows[position].correctedTime
    } else if !refill(stream, table: &table) {
      heapCount -= 1
      unsafe heap[0] = heap[heapCount]
    }
    siftDown()
  }

  /// Reads the stream's next batch; false at its end.
  private mutating func refill(_ stream: Int, table: inout PointTable) -> Bool {
    let count = streams[stream].refill(table: &table)
    unsafe cursors[stream].position = 0
    unsafe cursors[stream].count = count
    unsafe cursors[stream].time = count > 0 ? cursors[stream].rows[0].correctedTime : .max
    return count > 0
  }

  private func isEarlier(_ one: Int, _ other: Int) -> Bool {
    unsafe cursors[heap[one]].time < cursors[heap[other]].time
  }

  private func swap(_ one: Int, _ other: Int) {
    let kept = unsafe heap[one]
    unsafe heap[one] = heap[other]
    unsafe heap[other] = kept
  }

  private func siftUp(_ start: Int) {
    var child = start
    while child > 0 && isEarlier(child, (child - 1) / 2) {
      swap(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private func siftDown() {
    var parent = 0
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < heapCount && isEarlier(left, least) { least = left }
      if left + 1 < heapCount && isEarlier(left + 1, least) { least = left + 1 }
      if least == parent { return }
      swap(parent, least)
      parent = least
    }
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

  /// Reads the next batch; returns the number of its rows, 0 at the end of the source.
  func refill(table: inout PointTable) -> Int {
    // A batch of frames without IP packets is no end: the source says when it has none left.
    repeat { source.fill(&batch, table: &table) } while batch.count == 0 && !source.isAtEnd
    return batch.count
  }
}
