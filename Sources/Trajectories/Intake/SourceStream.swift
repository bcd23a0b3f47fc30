/// A source with the batches of its rows, which go round: one is emptied while others are filled.
///
/// A source is read by one thread at a time, and the batch lent is left alone: `ReadAhead` sees to both.
@safe
final class SourceStream {
  /// Batches that are filled ahead at the most, and the one that is emptied.
  static let batchCount = 8

  var source: CaptureSource
  private let batches: UnsafeMutablePointer<ObservationBatch>
  /// How many of them there are so far: they are filled in turn, and one is enough where nothing is read ahead.
  private var madeCount = 0
  /// Nil at the end of the source.
  private var lent: Int? = 0
  /// Number of the input.
  let file: UInt16
  /// Bytes of the capture; nil for a stream.
  let size: UInt64?

  init(source: consuming CaptureSource) {
    file = source.intake.file
    size = source.size
    self.source = source
    unsafe batches = .allocate(capacity: Self.batchCount)
    makeBatch()
  }

  private func makeBatch() {
    unsafe (batches + madeCount).initialize(to: ObservationBatch())
    madeCount += 1
  }

  deinit {
    unsafe batches.deinitialize(count: madeCount)
    unsafe batches.deallocate()
  }

  /// When the capture was recording, as its records tell once the first of them were read; nil for a stream,
  /// and without records.
  private(set) lazy var recordedSpan = findSpan()

  private func findSpan() -> RecordingTimes.Span? {
    guard source.canRewind else { return nil }
    let counters = source.intake.points.map(\.counters).filter { $0.frames > 0 }
    guard let first = counters.map(\.first).min(), let seen = counters.map(\.last).max() else {
      return nil
    }
    return RecordingTimes.Span(first: first, last: max(seen, source.lastRecordTime() ?? seen))
  }

  /// The rows of the batch that is lent; they stay in place until the next one is, or as long as they are needed if
  /// their memory was taken.
  var rows: UnsafePointer<Observation> { unsafe batches[lent ?? 0].start }
  /// Their number; 0 at the end of the source.
  var count: Int { lent.map { unsafe batches[$0].count } ?? 0 }
  /// Bytes of the capture that were read up to the batch that is lent.
  var bytesRead: UInt64 { lent.map { unsafe batches[$0].byteOffset } ?? size ?? 0 }

  /// The frames of the fragments that a row of the batch lent was put together from.
  func frames(of frame: UInt64) -> [UInt64]? {
    lent.flatMap { unsafe batches[$0].fragments[frame] }
  }

  /// Takes the memory of the batch that is lent, with its rows, and gives other memory for it; nil at the end of the
  /// source, where there are none.
  func takeRows(for other: RowBlock) -> RowBlock? {
    lent.map { unsafe batches[$0].exchange(for: other) }
  }

  /// Reads the next batch and lends it.
  func refill(table: inout PointTable) {
    lent = 0
    repeat {
      if source.needsTable { source.ask(&table) }
      fill(0)
    } while count == 0 && !source.isAtEnd
  }

  /// Reads rows into a batch that is not lent; returns their number.
  @discardableResult
  func fill(_ batch: Int) -> Int {
    if batch == madeCount { makeBatch() }
    precondition(batch < madeCount)
    unsafe source.fill(&batches[batch])
    return unsafe batches[batch].count
  }

  /// Lends a batch that was filled; none at the end of the source.
  func lend(_ batch: Int?) { lent = batch }
}
