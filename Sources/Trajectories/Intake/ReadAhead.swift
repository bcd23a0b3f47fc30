import Dispatch
import Synchronization

/// Reads sources in threads of their own, ahead of the merge.
///
/// Whichever thread is free reads the source with the fewest batches ahead, also the merge's own thread
/// where it would have to wait, and any other that helps. The rows of a source and the borders of its batches are the same as without
/// threads, and only the merge's thread asks the table of points: so is everything that follows.
final class ReadAhead: @unchecked Sendable {
  /// How far one source is read.
  private struct Progress {
    /// Batches that are filled, and the first of them; before it stands the one that is lent.
    var filled = 0
    var first = 0
    var isLent = false
    /// Whether a thread is reading the source: its alone it is then.
    var isRead = false
    /// Whether the table of points must be asked before the reading goes on.
    var isBlocked = false
    var hasEnded = false

    var canBeRead: Bool {
      !isRead && !isBlocked && !hasEnded && filled + (isLent ? 1 : 0) < SourceStream.batchCount
    }
  }

  private struct State {
    var sources: [Progress]
    /// Threads that wait for work.
    var idle = 0
    /// The source that the merge waits for while another thread reads it.
    var awaited: Int?
    var isOver = false

    /// Takes the source that has the fewest batches, and tells which of its batches is to be filled.
    mutating func takeWork() -> (source: Int, batch: Int)? {
      var next: Int?
      for index in sources.indices where sources[index].canBeRead {
        if next.map({ sources[index].filled < sources[$0].filled }) ?? true { next = index }
      }
      return next.map { take($0) }
    }

    mutating func take(_ source: Int) -> (source: Int, batch: Int) {
      sources[source].isRead = true
      return (
        source, (sources[source].first + sources[source].filled) % SourceStream.batchCount
      )
    }
  }

  /// What the merge has to do for the next batch of a source.
  private enum Step {
    case lend(batch: Int)
    case read(source: Int, batch: Int)
    case ask, wait, end
  }

  private let streams: [SourceStream]
  private let state: Mutex<State>
  private let work = DispatchSemaphore(value: 0)
  private let arrival = DispatchSemaphore(value: 0)
  private let threads = DispatchGroup()
  private let threadCount: Int

  /// Starts the threads, or none: then only those read that would have to wait. `finish()` must be called before the streams are used otherwise.
  init(_ streams: [SourceStream], threadCount: Int) {
    self.streams = streams
    self.threadCount = threadCount
    state = Mutex(State(sources: Array(repeating: Progress(), count: streams.count)))
    let queue = DispatchQueue(label: "vxhop.reading", attributes: .concurrent)
    for _ in 0..<threadCount {
      queue.async(group: threads) { self.read() }
    }
  }

  /// Ends the threads.
  func finish() {
    state.withLock { $0.isOver = true }
    for _ in 0..<threadCount { work.signal() }
    threads.wait()
  }

  /// Lends the next batch of a source to the merge; it is empty at the source's end.
  func refill(_ source: Int, table: inout PointTable) {
    var isFirst = true
    while true {
      switch nextStep(source, isFirst: isFirst) {
      case .lend(let batch):
        streams[source].lend(batch)
        return
      case .end:
        streams[source].lend(nil)
        return
      case .read(let other, let batch): fill(other, batch)
      case .ask:
        streams[source].source.ask(&table)
        state.withLock { $0.sources[source].isBlocked = false }
      case .wait: arrival.wait()
      }
      isFirst = false
    }
  }

  private func nextStep(_ source: Int, isFirst: Bool) -> Step {
    state.withLock { state in
      if isFirst {
        state.sources[source].isLent = false
        // Seldom, and then for much: waking a thread takes longer than reading a batch.
        if state.idle > 0 && state.sources[source].filled < SourceStream.batchCount / 4 {
          state.idle -= 1
          work.signal()
        }
      }
      let progress = state.sources[source]
      if progress.filled > 0 {
        state.sources[source].filled -= 1
        state.sources[source].first = (progress.first + 1) % SourceStream.batchCount
        state.sources[source].isLent = true
        return .lend(batch: progress.first)
      }
      if progress.isRead {
        // Meanwhile there may be other work.
        if let next = state.takeWork() { return .read(source: next.source, batch: next.batch) }
        state.awaited = source
        return .wait
      }
      if progress.isBlocked { return .ask }
      if progress.hasEnded { return .end }
      let next = state.take(source)
      return .read(source: next.source, batch: next.batch)
    }
  }

  /// Reads a batch in the thread that has nothing else to do; false if there is none to read.
  func help() -> Bool {
    guard let next = state.withLock({ $0.takeWork() }) else { return false }
    fill(next.source, next.batch)
    return true
  }

  /// What a thread of its own does until the end.
  private func read() {
    while true {
      let (isOver, next) = state.withLock { state in
        let next = state.isOver ? nil : state.takeWork()
        if next == nil { state.idle += 1 }
        return (state.isOver, next)
      }
      if isOver { return }
      if let next { fill(next.source, next.batch) } else { work.wait() }
    }
  }

  /// Reads a batch of a source that was taken.
  private func fill(_ source: Int, _ batch: Int) {
    let count = streams[source].fill(batch)
    state.withLock { state in
      if count > 0 { state.sources[source].filled += 1 }
      state.sources[source].isRead = false
      state.sources[source].isBlocked = streams[source].source.needsTable
      state.sources[source].hasEnded = streams[source].source.isAtEnd
      if state.awaited == source {
        state.awaited = nil
        arrival.signal()
      }
    }
  }
}
