import CLinux

/// A reused block of rows that a source fills and the merge empties.
@safe
struct ObservationBatch: ~Copyable {
  static let capacity = RowBlock.capacity

  private var block = RowBlock()
  private(set) var count = 0
  /// The frames of rows that were put together from fragments, by the frames that name the rows.
  private(set) var fragments: [UInt64: [UInt64]] = [:]
  /// Bytes of the capture that were read when the batch was full.
  var byteOffset: UInt64 = 0

  var isFull: Bool { count == Self.capacity }
  /// Rows that may still be added.
  var room: Int { Self.capacity - count }

  private var rows: UnsafeMutablePointer<Observation> { unsafe block.rows }

  /// Where the rows are, for as long as their memory is the batch's.
  var start: UnsafePointer<Observation> { unsafe UnsafePointer(rows) }

  /// Gives other memory for its own, in which the rows remain. It must be emptied before it is used again.
  mutating func exchange(for other: RowBlock) -> RowBlock {
    defer { block = other }
    return block
  }

  /// The row after the last one, to be filled in place and then added by `addNext()`.
  var next: Observation {
    unsafeAddress {
      precondition(count < Self.capacity)
      return unsafe UnsafePointer(rows + count)
    }
    nonmutating unsafeMutableAddress {
      precondition(count < Self.capacity)
      return unsafe rows + count
    }
  }

  mutating func addNext() { count += 1 }

  /// So many rows after the last one, to be filled in place and then added by `addNext(_:)`.
  @_lifetime(&self)
  mutating func next(_ count: Int) -> MutableSpan<Observation> {
    precondition(count >= 0 && count <= room)
    let next = unsafe UnsafeMutableBufferPointer(start: rows + self.count, count: count)
    return unsafe _overrideLifetime(MutableSpan(_unsafeElements: next), mutating: &self)
  }

  mutating func addNext(_ count: Int) {
    precondition(count >= 0 && count <= room)
    self.count += count
  }

  /// Notes which frames the row that was added last is put together from.
  mutating func note(_ frames: [UInt64], of frame: UInt64) { fragments[frame] = frames }

  mutating func removeAll() {
    count = 0
    if !fragments.isEmpty { fragments.removeAll() }
  }

  /// Corrects the rows' times by other clocks.
  func correct(by clocks: ClockModel, table: borrowing PointTable) {
    for index in 0..<count {
      unsafe rows[index].correctedTime = clocks.corrected(
        rows[index].time, node: table.node(of: rows[index].point))
    }
  }

  /// Orders rows of the same moment by the ranks of their points: a capture of several interfaces has them
  /// in the order of capture. Runs that reach into the next batch stay as they are.
  func orderMoments(by rank: (UInt16) -> UInt16) {
    for end in 1..<max(1, count) {
      var index = end
      while index > 0 && isBefore(index, index - 1, rank) {
        let kept = unsafe rows[index]
        unsafe rows[index] = rows[index - 1]
        unsafe rows[index - 1] = kept
        index -= 1
      }
    }
  }

  private func isBefore(_ one: Int, _ other: Int, _ rank: (UInt16) -> UInt16) -> Bool {
    unsafe rows[one].correctedTime == rows[other].correctedTime
      && rank(rows[one].point) < rank(rows[other].point)
  }
}

extension MutableSpan<Observation> {
  /// Asks for the memory of a row that is written soon: another core may have read what it held before.
  @inline(__always)
  mutating func expect(_ index: Int) {
    unsafe withUnsafeMutableBufferPointer { rows in
      guard let start = rows.baseAddress else { return }
      unsafe vxhop_prefetch_to_write(start + index)
    }
  }
}
