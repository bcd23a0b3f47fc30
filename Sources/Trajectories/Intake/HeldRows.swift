/// Memory whose rows may still be needed, in the order in which its last rows were handed over.
struct HeldRows {
  struct Ended {
    let block: RowBlock
    /// How many rows were handed over up to the last one in the block.
    let end: Int
  }

  private var blocks: [Ended] = []

  mutating func hold(_ ended: [Ended]) { blocks.append(contentsOf: ended) }

  /// Adds the memory of which only rows before a place in the order were handed over.
  mutating func release(before place: Int, to released: inout [RowBlock]) {
    var count = 0
    while count < blocks.count && blocks[count].end <= place {
      released.append(blocks[count].block)
      count += 1
    }
    blocks.removeFirst(count)
  }
}
