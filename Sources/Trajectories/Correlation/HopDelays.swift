import Topology

/// Measures how long a packet took from each hop of its path to the next.
struct HopDelays {
  static func measure(_ hops: inout [Hop], table: borrowing PointTable) {
    var previous: Int?
    for index in hops.indices {
      hops[index].delay = nil
      hops[index].delayError = nil
      guard hops[index].kind == .path else { continue }
      if let from = previous { measure(&hops, from: from, to: index, table: table) }
      previous = index
    }
  }

  private static func measure(
    _ hops: inout [Hop], from: Int, to index: Int, table: borrowing PointTable
  ) {
    let before = hops[from].observation
    let row = hops[index].observation
    // Two nodes have two clocks: without an estimate of their offset there is no delay to tell.
    guard table[before.point].node == table[row.point].node else { return }
    hops[index].delay = row.time &- before.time
    hops[index].delayError = max(
      table.resolution(of: before.point), table.resolution(of: row.point))
  }
}
