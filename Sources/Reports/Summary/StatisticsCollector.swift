import Trajectories

/// Consumes trajectories one by one and keeps counts: memory does not grow with the length of the captures.
struct StatisticsCollector: ~Copyable {
  private(set) var counts = TraceCounts()
  private var legs = LegCounter()
  private var flows = FlowCounter()
  private var reasons = ReasonTable()
  private(set) var places = PointPlaces()

  /// What the packets show so far.
  var statistics: TraceStatistics {
    TraceStatistics(counts: counts, legs: legs.table, flows: flows.table, reasons: reasons)
  }

  @inline(__always)
  mutating func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    let flowPlace = flows.expect(trajectory)
    places.update(from: points)
    counts.add(trajectory)
    legs.add(trajectory)
    flows.add(trajectory, at: flowPlace, places: places)
    if case .partial = trajectory.outcome { reasons.add(trajectory) }
  }
}
