/// Goes on comparing the nodes' clocks while captures are followed: the sample of the first moments may have
/// no packet that crossed, and says less of a clock's drift the longer ago it was taken.
struct FollowedClocks {
  /// How often clocks are fitted anew, in nanoseconds of the monotonic clock.
  private static let interval: Int64 = 1_000_000_000
  /// Rows of each source that are looked at in that time.
  private static let rowLimit = 8192

  private(set) var crossings: NodeCrossings
  private var survey = ClockSurvey()
  private var rowCounts: [UInt16: Int] = [:]
  private var nextFit: Int64

  /// - Parameter crossings: those of the sample.
  init(_ crossings: NodeCrossings, at now: Int64) {
    self.crossings = crossings
    nextFit = now &+ Self.interval
  }

  /// Looks at rows of a source that have just come.
  mutating func add(
    _ batch: borrowing ObservationBatch, from start: Int, of file: UInt16,
    table: borrowing PointTable
  ) {
    let rest = Self.rowLimit - rowCounts[file, default: 0]
    let end = min(batch.count, start + rest)
    guard table.nodes.count > 1, start < end else { return }
    rowCounts[file, default: 0] += end - start
    for index in start..<end {
      unsafe survey.add(batch.start[index], node: table.node(of: batch.start[index].point))
    }
  }

  /// Whether packets have crossed between nodes since the clocks were fitted last, and it is time to do that
  /// again.
  mutating func hasNews(at now: Int64, table: borrowing PointTable) -> Bool {
    guard now >= nextFit else { return false }
    nextFit = now &+ Self.interval
    rowCounts.removeAll(keepingCapacity: true)
    defer { survey = ClockSurvey() }
    return crossings.addFastest(of: survey, order: table.nodesByName)
  }
}
