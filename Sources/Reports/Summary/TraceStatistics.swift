import Trajectories

/// What all selected packets together show.
///
/// Consumes trajectories one by one and keeps counts in tables of bounded size: memory does not
/// grow with the length of the captures.
struct TraceStatistics: Sendable {
  private(set) var counts = TraceCounts()
  private(set) var legs = LegTable()
  private(set) var flows = FlowTable()
  private(set) var reasons = ReasonTable()
  private(set) var places = PointPlaces()

  mutating func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    places.update(from: points)
    counts.add(trajectory)
    legs.add(trajectory)
    flows.add(trajectory, places: places)
    if case .partial = trajectory.outcome { reasons.add(trajectory) }
  }
}
