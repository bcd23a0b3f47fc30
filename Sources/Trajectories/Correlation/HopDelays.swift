import Topology

/// Measures how long a packet took from each hop of its path to the next.
struct HopDelays {
  static func measure(
    _ hops: inout [Hop], table: borrowing PointTable, clocks: borrowing ClockModel
  ) {
    var previous: Int?
    for index in hops.indices {
      hops[index].delay = nil
      hops[index].delayError = nil
      guard hops[index].kind == .path else { continue }
      if let from = previous { measure(&hops, from: from, to: index, table: table, clocks: clocks) }
      previous = index
    }
  }

  private static func measure(
    _ hops: inout [Hop], from: Int, to index: Int, table: borrowing PointTable,
    clocks: borrowing ClockModel
  ) {
    let before = hops[from].observation
    let row = hops[index].observation
    let resolution = max(table.resolution(of: before.point), table.resolution(of: row.point))
    let (one, other) = (table[before.point].node, table[row.point].node)
    if one == other {
      hops[index].delay = row.time &- before.time
      hops[index].delayError = resolution
    } else if let error = clocks.error(between: one, and: other, at: before.correctedTime) {
      // Two nodes have two clocks: without an estimate of their offset there is no delay to tell.
      hops[index].delay = row.correctedTime &- before.correctedTime
      hops[index].delayError = error &+ resolution
    }
  }
}
