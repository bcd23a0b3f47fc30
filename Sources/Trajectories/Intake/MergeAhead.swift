import Dispatch
import Synchronization

/// Reads the sources and brings their rows into one order in a thread of its own, ahead of the joining.
final class MergeAhead: @unchecked Sendable {
  private struct State {
    /// In order.
    var filled: [MergedRows] = []
    var spare: [MergedRows] = []
    var isProducerWaiting = false
    var isConsumerWaiting = false
    var hasEnded = false
  }

  /// How many are filled ahead at the most.
  private let limit: Int
  private let capacity: Int
  private let readers: ReadAhead?
  /// Nil while it is the thread's.
  private var merge: ObservationMerge?
  private let state = Mutex(State())
  private let vacancy = DispatchSemaphore(value: 0)
  private let arrival = DispatchSemaphore(value: 0)
  private let thread = DispatchGroup()

  /// Starts the thread. All rows must be taken, and `finish()` called, before the streams are used otherwise.
  ///
  /// - Parameters:
  ///   - merge: it is the thread's from now on.
  ///   - readers: those that read for the merge, if any do: the joining helps them where it would have to wait.
  ///   - limit: how many are filled ahead at the most.
  ///   - capacity: rows that each has room for.
  init(
    _ merge: inout ObservationMerge?, readers: ReadAhead? = nil, limit: Int = 16,
    capacity: Int = MergedRows.usualCapacity
  ) {
    self.limit = limit
    self.capacity = capacity
    self.readers = readers
    self.merge = merge.take()
    DispatchQueue(label: "vxhop.merging").async(group: thread) { self.run() }
  }

  /// Waits for the thread's end, once `next` has returned nil; returns the table of points at the end of the captures.
  func finish() -> PointTable {
    thread.wait()
    return merge?.table ?? PointTable()
  }
}

// MARK: - The joining's thread

extension MergeAhead {
  /// Gives rows back that were joined, and waits for the next; nil at the end.
  func next(giving joined: MergedRows?) -> MergedRows? {
    if let joined { state.withLock { $0.spare.append(joined) } }
    var mayHelp = readers != nil
    while true {
      let (rows, hasEnded, wakes) = state.withLock { state in
        let rows = state.filled.isEmpty ? nil : state.filled.removeFirst()
        // Seldom, and then for much: waking a thread takes longer than merging so many rows.
        let wakes = state.isProducerWaiting && state.filled.count <= limit / 2
        if wakes { state.isProducerWaiting = false }
        state.isConsumerWaiting = rows == nil && !state.hasEnded && !mayHelp
        return (rows, state.hasEnded, wakes)
      }
      if wakes { vacancy.signal() }
      if rows != nil || hasEnded { return rows }
      if mayHelp {
        mayHelp = readers?.help() ?? false
      } else {
        arrival.wait()
        mayHelp = readers != nil
      }
    }
  }
}

// MARK: - The merge's thread

extension MergeAhead {
  private func run() {
    // An own one: of the object's each use would be checked.
    guard var merge = merge.take() else { return }
    var rows = waitForVacancy()
    while merge.fill(rows) {
      publish(rows)
      rows = waitForVacancy()
    }
    self.merge = consume merge
    let wakes = state.withLock { state in
      state.hasEnded = true
      return state.isConsumerWaiting
    }
    if wakes { arrival.signal() }
  }

  /// Room for rows, once it is to be filled.
  private func waitForVacancy() -> MergedRows {
    let isFull = state.withLock { state in
      state.isProducerWaiting = state.filled.count == limit
      return state.isProducerWaiting
    }
    if isFull { vacancy.wait() }
    // The oldest: what it gives back may be much.
    let spare = state.withLock { $0.spare.isEmpty ? nil : $0.spare.removeFirst() }
    return spare ?? MergedRows(capacity: capacity)
  }

  private func publish(_ rows: MergedRows) {
    let wakes = state.withLock { state in
      state.filled.append(rows)
      let wakes = state.isConsumerWaiting && state.filled.count >= limit / 2
      if wakes { state.isConsumerWaiting = false }
      return wakes
    }
    if wakes { arrival.signal() }
  }
}
