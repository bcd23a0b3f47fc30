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
    var before = PointTable.Place(node: 0, rank: 0, resolution: 0)
    for index in hops.indices {
      hops[index].delay = nil
      hops[index].delayError = nil
      guard hops[index].kind == .path else { continue }
      let here = table.place(of: hops[index].observation.point)
      if previous >= 0 {
        let resolution = max(before.resolution, here.resolution)
        if before.node == here.node {
          hops[index].delay = hops[index].observation.time &- hops[previous].observation.time
          hops[index].delayError = resolution
        } else {
          let time = hops[previous].observation.correctedTime
          // Two nodes have two clocks: without an estimate of their offset there is no delay to tell.
          if let error = error(
            between: (Int(before.node), Int(here.node)), at: time, clocks: clocks)
          {
            hops[index].delay = hops[index].observation.correctedTime &- time
            hops[index].delayError = error &+ resolution
          }
        }
      }
      previous = index
      before = here
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
