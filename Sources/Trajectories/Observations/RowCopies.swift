/// Copies of rows that stay where they are, in order, as long as they are needed.
@safe
struct RowCopies: ~Copyable {
  private var blocks: [RowBlock] = []
  private var spare: [RowBlock] = []
  /// Rows in the last block; all others are full.
  private var count = RowBlock.capacity

  /// - Parameter needed: how many of the rows before it are still needed: the last ones.
  mutating func append(
    _ row: UnsafePointer<Observation>, keeping needed: Int
  ) -> UnsafeMutablePointer<Observation> {
    if count == RowBlock.capacity {
      let kept = (needed + RowBlock.capacity - 1) / RowBlock.capacity
      spare.append(contentsOf: blocks.dropLast(kept))
      blocks.removeFirst(max(0, blocks.count - kept))
      blocks.append(spare.popLast() ?? RowBlock())
      count = 0
    }
    let copy = unsafe blocks[blocks.count - 1].rows + count
    unsafe copy.pointee = row.pointee
    count += 1
    return unsafe copy
  }
}
