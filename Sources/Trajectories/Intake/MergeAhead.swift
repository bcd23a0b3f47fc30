import CLinux
import Dispatch
import Synchronization

/// Reads the sources and brings their rows into one order in a thread of its own, ahead of the joining.
///
/// Rows are handed over in blocks that go round. A block ends where the table of points grew, and the next one
/// brings the new table along: so a row is joined with the same table as without threads.
@safe
final class MergeAhead: @unchecked Sendable {
  /// Rows in order, and what goes with them. Storage is reused.
  @safe
  private struct Block {
    let rows: UnsafeMutablePointer<Observation>
    var count = 0
    /// The table of points from here on; nil if it is the same as before.
    var table: PointTable?
    /// The frames of each row that was put together from fragments, in order.
    var reassembled: [Trajectory.ReassembledFrames?] = []
    /// Bytes of the captures that were read up to here.
    var bytesRead: UInt64 = 0

    init(capacity: Int) {
      unsafe rows = .allocate(capacity: capacity)
    }
  }

  private struct State {
    /// Blocks that are filled, the one that is lent among them.
    var filled = 0
    var isProducerWaiting = false
    var isConsumerWaiting = false
    var hasEnded = false
  }

  private let blockCount: Int
  /// Rows that a block has room for.
  private let blockCapacity: Int
  private let streams: [SourceStream]
  private var merge: ObservationMerge
  private let blocks: UnsafeMutablePointer<Block>
  private let state = Mutex(State())
  private let vacancy = DispatchSemaphore(value: 0)
  private let arrival = DispatchSemaphore(value: 0)
  private let thread = DispatchGroup()
  /// The merge's own, and at its end that of the whole run.
  private var table: PointTable
  /// The block that is lent, or was lent last.
  private var lent: Int
  private var isLent = false
  private var row: UnsafePointer<Observation>
  private var end: UnsafePointer<Observation>
  private var reassembled: ArraySlice<Trajectory.ReassembledFrames?> = []
  /// Bytes of the captures that were read up to the rows that are lent.
  private(set) var bytesRead: UInt64 = 0

  /// Starts the thread. `finish()` must be called before the streams are used otherwise.
  @inline(never)
  init(
    _ streams: [SourceStream], merge: consuming ObservationMerge, table: PointTable,
    blockCount: Int = 16, blockCapacity: Int = 256
  ) {
    self.blockCount = blockCount
    self.blockCapacity = blockCapacity
    lent = blockCount - 1
    self.streams = streams
    self.merge = merge
    self.table = table
    unsafe blocks = .allocate(capacity: blockCount)
    for index in 0..<blockCount {
      unsafe (blocks + index).initialize(to: Block(capacity: blockCapacity))
    }
    unsafe row = UnsafePointer(blocks[0].rows)
    unsafe end = row
    DispatchQueue(label: "vxhop.merging").async(group: thread) { self.run() }
  }

  deinit {
    for index in 0..<blockCount {
      unsafe blocks[index].rows.deallocate()
    }
    unsafe blocks.deinitialize(count: blockCount)
    unsafe blocks.deallocate()
  }

  /// The next row in order, lent until the next call; nil at the end.
  @inline(__always)
  func next(table: inout PointTable) -> UnsafePointer<Observation>? {
    if unsafe row == end {
      guard takeBlock(&table) else { return nil }
    }
    // Another core wrote it.
    unsafe vxhop_prefetch(row + 4)
    defer { unsafe row += 1 }
    return unsafe row
  }

  /// The frames that the row lent last was put together from, if it was.
  func takeFrames() -> Trajectory.ReassembledFrames? { reassembled.popFirst() ?? nil }

  /// Ends the thread; returns the table of points at the end of the captures.
  func finish() -> PointTable {
    thread.wait()
    return table
  }
}

// MARK: - The joining's thread

extension MergeAhead {
  @inline(never)
  private func takeBlock(_ table: inout PointTable) -> Bool {
    guard waitForBlock() else { return false }
    lent = (lent + 1) % blockCount
    unsafe row = UnsafePointer(blocks[lent].rows)
    unsafe end = row + blocks[lent].count
    if let newer = unsafe blocks[lent].table { table = newer }
    reassembled = unsafe blocks[lent].reassembled[...]
    bytesRead = unsafe blocks[lent].bytesRead
    return true
  }

  /// Gives the block back that was lent, and waits for the next; false at the end.
  private func waitForBlock() -> Bool {
    while true {
      let (isThere, hasEnded, wakes) = state.withLock { state in
        if isLent {
          state.filled -= 1
          isLent = false
        }
        // Seldom, and then for much: waking a thread takes longer than filling a block.
        let wakes = state.isProducerWaiting && state.filled <= blockCount / 2
        if wakes { state.isProducerWaiting = false }
        isLent = state.filled > 0
        if !isLent && !state.hasEnded { state.isConsumerWaiting = true }
        return (isLent, state.hasEnded, wakes)
      }
      if wakes { vacancy.signal() }
      if isThere || hasEnded { return isThere }
      arrival.wait()
    }
  }
}

// MARK: - The merge's thread

extension MergeAhead {
  private func run() {
    var revision = -1
    var block = 0
    var next = unsafe merge.next(table: &table)
    while let first = unsafe next {
      waitForVacancy()
      unsafe blocks[block].table = table.revision == revision ? nil : table
      revision = table.revision
      unsafe next = fill(block, from: first)
      publish()
      block = (block + 1) % blockCount
    }
    let wakes = state.withLock { state in
      state.hasEnded = true
      return state.isConsumerWaiting
    }
    if wakes { arrival.signal() }
  }

  /// Fills a block; returns the row that it has no place for, or that needs another table of points.
  private func fill(
    _ block: Int, from first: UnsafePointer<Observation>
  ) -> UnsafePointer<Observation>? {
    let rows = unsafe blocks[block].rows
    let revision = table.revision
    var count = 0
    unsafe blocks[block].reassembled.removeAll(keepingCapacity: true)
    var next = unsafe Optional(first)
    while let row = unsafe next {
      unsafe ObservationWindow.copy(row, to: rows + count)
      count += 1
      if unsafe row.pointee.traits.contains(.isReassembled) {
        let frames = unsafe TraceAnalysis.frames(of: row.pointee, in: streams)
        unsafe blocks[block].reassembled.append(frames)
      }
      unsafe next = merge.next(table: &table)
      if count == blockCapacity || table.revision != revision { break }
    }
    unsafe blocks[block].count = count
    unsafe blocks[block].bytesRead = streams.reduce(0) { $0 + $1.bytesRead }
    return unsafe next
  }

  private func waitForVacancy() {
    let isFull = state.withLock { state in
      state.isProducerWaiting = state.filled == blockCount
      return state.isProducerWaiting
    }
    if isFull { vacancy.wait() }
  }

  private func publish() {
    let wakes = state.withLock { state in
      state.filled += 1
      let wakes = state.isConsumerWaiting && state.filled >= blockCount / 2
      if wakes { state.isConsumerWaiting = false }
      return wakes
    }
    if wakes { arrival.signal() }
  }
}
