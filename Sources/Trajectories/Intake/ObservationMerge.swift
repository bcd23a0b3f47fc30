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
    /// Time of the row at the position, and the place of its point among all names.
    var time: Int64
    var rank: UInt16
  }

  private let streams: [SourceStream]
  private let cursors: UnsafeMutablePointer<Cursor>
  /// Numbers of the streams with rows left; the one with the earliest row first.
  private let heap: UnsafeMutablePointer<Int>
  private var heapCount = 0
  /// Whether the row at the top has been lent already.
  private var isLent = false

  init(_ streams: [SourceStream], table: inout PointTable) {
    self.streams = streams
    unsafe cursors = .allocate(capacity: max(1, streams.count))
    unsafe heap = .allocate(capacity: max(1, streams.count))
    for index in streams.indices {
      unsafe (cursors + index).initialize(
        to: Cursor(rows: streams[index].rows, position: 0, count: 0, time: .max, rank: 0))
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

  /// The next row in order, lent until the next call; nil at the end.
  mutating func next(table: inout PointTable) -> UnsafePointer<Observation>? {
    if isLent { advance(table: &table) }
    isLent = heapCount > 0
    guard isLent else { return nil }
    let first = unsafe cursors[heap[0]]
    return unsafe first.rows + first.position
  }

  /// Steps over the next row of the stream at the top of the heap.
  private mutating func advance(table: inout PointTable) {
    let stream = unsafe heap[0]
    let position = unsafe cursors[stream].position + 1
    if unsafe position < cursors[stream].count {
      unsafe cursors[stream].position = position
      note(stream, table)
    } else if !refill(stream, table: &table) {
      heapCount -= 1
      unsafe heap[0] = heap[heapCount]
    }
    siftDown()
  }

  private func note(_ stream: Int, _ table: borrowing PointTable) {
    let row = unsafe cursors[stream].rows + cursors[stream].position
    unsafe cursors[stream].time = row.pointee.correctedTime
    unsafe cursors[stream].rank = table.rank(of: row.pointee.point)
  }

  /// Reads the stream's next batch; false at its end.
  private mutating func refill(_ stream: Int, table: inout PointTable) -> Bool {
    let count = streams[stream].refill(table: &table)
    unsafe cursors[stream].position = 0
    unsafe cursors[stream].count = count
    if count > 0 { note(stream, table) }
    return count > 0
  }

  private func isEarlier(_ one: Int, _ other: Int) -> Bool {
    let (first, second) = unsafe (heap[one], heap[other])
    let (time, otherTime) = unsafe (cursors[first].time, cursors[second].time)
    if time != otherTime { return time < otherTime }
    return unsafe (cursors[first].rank, first) < (cursors[second].rank, second)
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
