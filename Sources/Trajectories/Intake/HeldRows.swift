/// Memory whose rows may still be needed, in the order in which its last rows were handed over.
struct HeldRows {
  struct Ended {
    let block: RowBlock
    /// How many rows were handed over up to the last one in the block.
    let end: Int
  }

  private var blocks: [Ended] = []

  mutating func hold(_ ended: [Ended]) { blocks.append(contentsOf: ended) }

  /// The memory of which only rows before a place in the order were handed over.
  mutating func release(before place: Int) -> [RowBlock] {
    let count = blocks.firstIndex { $0.end > place } ?? blocks.count
    defer { blocks.removeFirst(count) }
    return blocks[..<count].map(\.block)
  }
}
