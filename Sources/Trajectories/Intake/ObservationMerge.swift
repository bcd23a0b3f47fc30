/// Brings the observations of all sources into one order of corrected time.
///
/// Consumes batches, adds the order: a heap of the sources by their next row. Rows of the same moment
/// are ordered by point name, frame and file, so that the order of the inputs does not matter.
struct ObservationMerge: ~Copyable {
  private let streams: [SourceStream]
  /// Indices of streams with rows left; the one with the earliest row first.
  private var heap: [Int] = []
  /// Next time of each stream; `Int64.max` at its end.
  private var times: [Int64]
  private var sameMoment: [Observation] = []

  /// Longer runs of one moment are ordered piecewise, which bounds memory.
  private static let runLimit = 4096

  init(_ streams: [SourceStream], table: inout PointTable) {
    self.streams = streams
    times = streams.map { _ in Int64.max }
    for index in streams.indices where streams[index].refill(table: &table) {
      times[index] = streams[index].nextTime
      heap.append(index)
      siftUp(heap.count - 1)
    }
  }

  /// Hands over the next rows in order; false at the end.
  mutating func next(
    table: inout PointTable, _ body: (borrowing Observation, borrowing PointTable) -> Void
  ) -> Bool {
    guard let first = heap.first else { return false }
    let time = times[first]
    if isAlone(time) {
      streams[first].withNext { body($0, table) }
      advance(first, table: &table)
      return true
    }
    sameMoment.removeAll(keepingCapacity: true)
    while let stream = heap.first, times[stream] == time, sameMoment.count < Self.runLimit {
      streams[stream].withNext { sameMoment.append(copy $0) }
      advance(stream, table: &table)
    }
    let ranks = sameMoment.map { table.rank(of: $0.point) }
    let order = sameMoment.indices.sorted {
      (ranks[$0], sameMoment[$0].frame, sameMoment[$0].file)
        < (ranks[$1], sameMoment[$1].frame, sameMoment[$1].file)
    }
    for index in order { body(sameMoment[index], table) }
    return true
  }

  /// Whether the first stream's next row is the only one of its moment: its successor in the stream is
  /// later, and so are the other streams' next ones, of which the heap has the earliest at its top.
  private func isAlone(_ time: Int64) -> Bool {
    for child in 1...2 where child < heap.count && times[heap[child]] == time { return false }
    return streams[heap[0]].timeAfterNext != time
  }

  /// Steps over the next row of the first stream of the heap.
  private mutating func advance(_ stream: Int, table: inout PointTable) {
    streams[stream].advance()
    if streams[stream].isExhausted && !streams[stream].refill(table: &table) {
      times[stream] = .max
      let last = heap.removeLast()
      if last != stream { heap[0] = last }
    } else {
      times[stream] = streams[stream].nextTime
    }
    if !heap.isEmpty { siftDown() }
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      if times[heap[parent]] <= times[heap[child]] { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      let left = 2 * parent + 1
      if left < heap.count && times[heap[left]] < times[heap[least]] { least = left }
      if left + 1 < heap.count && times[heap[left + 1]] < times[heap[least]] { least = left + 1 }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

/// A source with the batch that is being emptied.
final class SourceStream {
  var source: CaptureSource
  private var batch = ObservationBatch()
  private var position = 0

  init(source: consuming CaptureSource) {
    self.source = source
  }

  var isExhausted: Bool { position == batch.count }

  /// Time of the next row; there must be one.
  var nextTime: Int64 { batch.correctedTime(position) }

  /// Time of the row after that, if the batch holds it.
  var timeAfterNext: Int64? {
    position + 1 < batch.count ? batch.correctedTime(position + 1) : nil
  }

  /// Lends the next row; there must be one.
  func withNext(_ body: (borrowing Observation) -> Void) { body(batch[position]) }

  func advance() { position += 1 }

  /// Reads the next batch; false at the end of the source.
  func refill(table: inout PointTable) -> Bool {
    position = 0
    // A batch of frames without IP packets is no end: the source says when it has none left.
    repeat { source.fill(&batch, table: &table) } while batch.count == 0 && !source.isAtEnd
    return batch.count > 0
  }
}
