import Captures
import Glibc
import Topology

/// A source whose records are taken as they come: what has come and not been joined yet.
@safe
final class FollowedSource {
  /// Rows that came together.
  private final class Chunk {
    var batch = ObservationBatch()
    /// When they came, in nanoseconds of the monotonic clock.
    var arrival: Int64 = 0
  }

  /// Chunks that wait at the most: behind them the source has to wait.
  private static let chunkLimit = 256
  /// Rows that come within this time, in nanoseconds, came together.
  private static let gatheringTime: Int64 = 100_000_000

  let stream: SourceStream
  let descriptor: Int32
  private(set) var hasEnded = false
  /// Every row before this corrected time has come.
  private(set) var known = Int64.min
  /// Up to this corrected time the source has told what it dropped.
  private(set) var confirmed = Int64.min
  /// The row that came last, and the time `confirmed`, as they were recorded.
  private var lastRow: (time: Int64, point: UInt16)?
  private var recordedConfirmed: Int64?
  private var chunks: [Chunk] = []
  private var firstChunk = 0
  private var position = 0
  private var spare: [Chunk] = []

  init(_ stream: SourceStream, descriptor: Int32) {
    self.stream = stream
    self.descriptor = descriptor
  }

  var isEmpty: Bool { firstChunk == chunks.count }
  var isFull: Bool { chunks.count - firstChunk >= Self.chunkLimit }

  /// The oldest row, lent until `removeFirst()`; there must be one.
  var first: UnsafePointer<Observation> {
    precondition(!isEmpty)
    return unsafe chunks[firstChunk].batch.start + position
  }

  /// When the oldest row came.
  var firstArrival: Int64 { chunks[firstChunk].arrival }

  func removeFirst() {
    position += 1
    guard position == chunks[firstChunk].batch.count else { return }
    position = 0
    spare.append(chunks[firstChunk])
    firstChunk += 1
    if firstChunk == chunks.count || firstChunk >= Self.chunkLimit {
      chunks.removeFirst(firstChunk)
      firstChunk = 0
    }
  }

  /// Takes what has come, as far as there is room; tells whether it was anything.
  ///
  /// - Parameter followedClocks: looks at the rows.
  func read(
    at now: Int64, _ followedClocks: inout FollowedClocks, clocks: ClockModel,
    table: inout PointTable
  ) -> Bool {
    var hasCome = false
    while !isFull && !hasEnded {
      let gathering = gatheringChunk(at: now)
      let chunk = gathering ?? emptyChunk(at: now)
      let count = chunk.batch.count
      stream.source.add(to: &chunk.batch, table: &table)
      let isStarved = !chunk.batch.isFull
      if chunk.batch.count > count {
        hasCome = true
        followedClocks.add(chunk.batch, from: count, of: stream.file, table: table)
        if gathering == nil { chunks.append(chunk) }
        let last = unsafe chunk.batch.start + chunk.batch.count - 1
        lastRow = unsafe (last.pointee.time, last.pointee.point)
        known = max(known, unsafe last.pointee.correctedTime)
      } else if gathering == nil {
        spare.append(chunk)
      }
      hasEnded = stream.source.isAtEnd
      if isStarved { break }
    }
    stream.source.addPoints(to: &table)
    noteConfirmed(clocks, table)
    return hasCome
  }

  /// The last chunk, if there is room in it, its rows have only just come and none of them has been handed on.
  private func gatheringChunk(at now: Int64) -> Chunk? {
    guard let last = chunks.last, !last.batch.isFull, now - last.arrival < Self.gatheringTime,
      position == 0 || chunks.count - firstChunk > 1
    else { return nil }
    return last
  }

  private func emptyChunk(at now: Int64) -> Chunk {
    let chunk = spare.popLast() ?? Chunk()
    chunk.batch.removeAll()
    chunk.arrival = now
    return chunk
  }

  private func noteConfirmed(_ clocks: ClockModel, _ table: borrowing PointTable) {
    let interfaces = stream.source.interfaces
    guard let time = interfaces.compactMap(\.endTime).max(),
      let point = stream.source.intake.points.first?.point
    else { return }
    recordedConfirmed = time
    confirmed = max(confirmed, clocks.corrected(time, node: table.node(of: point)))
    known = max(known, confirmed)
  }

  /// Goes by other clocks: for what has come and not been joined yet, and from here on.
  func correct(by clocks: ClockModel, table: borrowing PointTable) {
    stream.source.correct(by: clocks, table: table)
    for chunk in chunks[firstChunk...] { chunk.batch.correct(by: clocks, table: table) }
    if let point = stream.source.intake.points.first?.point, let time = recordedConfirmed {
      confirmed = clocks.corrected(time, node: table.node(of: point))
    }
    let last = lastRow.map { clocks.corrected($0.time, node: table.node(of: $0.point)) }
    known = max(confirmed, last ?? .min)
  }
}

/// The clock that is never set.
enum MonotonicClock {
  /// In nanoseconds.
  static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
