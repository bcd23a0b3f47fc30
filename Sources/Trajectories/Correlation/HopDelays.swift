/// Measures how long a packet took from each hop of its path to the next.
struct HopDelays {
  /// The last error between two clocks, and when and for which nodes it was worked out.
  private var lastError: Int64?
  private var lastTime = Int64.min
  private var lastPair = (-1, -1)

  /// A clock's error changes slowly: it is worked out anew after this time, in nanoseconds.
  private static let errorSpan: Int64 = 10_000_000

  mutating func measure(
    _ hops: inout [Hop], table: borrowing PointTable, clocks: borrowing ClockModel
  ) {
    var hops = hops.mutableSpan
    var previous = -1
    for index in hops.indices {
      hops[index].delay = nil
      hops[index].delayError = nil
      guard hops[index].kind == .path else { continue }
      if previous >= 0 { measure(&hops, from: previous, to: index, table: table, clocks: clocks) }
      previous = index
    }
  }

  private mutating func measure(
    _ hops: inout MutableSpan<Hop>, from: Int, to index: Int, table: borrowing PointTable,
    clocks: borrowing ClockModel
  ) {
    let (before, here) = (hops[from].observation.point, hops[index].observation.point)
    let resolution = max(table.resolution(of: before), table.resolution(of: here))
    let nodes = (table.node(of: before), table.node(of: here))
    if nodes.0 == nodes.1 {
      hops[index].delay = hops[index].observation.time &- hops[from].observation.time
      hops[index].delayError = resolution
      return
    }
    let time = hops[from].observation.correctedTime
    // Two nodes have two clocks: without an estimate of their offset there is no delay to tell.
    if let error = error(between: nodes, at: time, clocks: clocks) {
      hops[index].delay = hops[index].observation.correctedTime &- time
      hops[index].delayError = error &+ resolution
    }
  }

  private mutating func error(
    between nodes: (Int, Int), at time: Int64, clocks: borrowing ClockModel
  ) -> Int64? {
    let isRecent = time &- lastTime < Self.errorSpan && lastTime &- time < Self.errorSpan
    if isRecent && (nodes == lastPair || (nodes.1, nodes.0) == lastPair) { return lastError }
    lastError = clocks.error(between: nodes.0, and: nodes.1, at: time)
    lastTime = time
    lastPair = nodes
    return lastError
  }
}
