import Trajectories

/// What became of packets over time, in a fixed number of equal steps: where the captures go on for
/// longer, two steps become one.
struct TimeSeries: Sendable {
  struct Step: Sendable {
    var complete: UInt64 = 0
    var lost: UInt64 = 0
    var partial: UInt64 = 0
    var notJudged: UInt64 = 0
    /// Delays over the whole way of packets that are complete.
    var delays = DelayBins()

    var packets: UInt64 { complete + lost + partial + notJudged }

    mutating func add(_ other: Step) {
      complete += other.complete
      lost += other.lost
      partial += other.partial
      notJudged += other.notJudged
      delays.add(other.delays)
    }
  }

  static let limit = 120

  private(set) var steps: [Step] = []
  /// Nanoseconds since 1970, corrected.
  private(set) var start: Int64 = 0
  /// Nanoseconds of each step.
  private(set) var width: Int64 = 1_000_000

  /// - Parameter delay: over the whole way, if it is complete and could be measured.
  mutating func add(_ outcome: Trajectory.Outcome, at time: Int64, delay: Int64?) {
    if steps.isEmpty { start = time }
    let elapsed = max(0, time.subtractingReportingOverflow(start).partialValue)
    while elapsed / width >= Int64(Self.limit) { widen() }
    let index = Int(elapsed / width)
    while steps.count <= index { steps.append(Step()) }
    switch outcome {
    case .complete: steps[index].complete += 1
    case .lost: steps[index].lost += 1
    case .partial: steps[index].partial += 1
    case .notJudged: steps[index].notJudged += 1
    }
    if let delay { steps[index].delays.add(delay) }
  }

  private mutating func widen() {
    width *= 2
    var merged: [Step] = []
    for index in stride(from: 0, to: steps.count, by: 2) {
      var step = steps[index]
      if index + 1 < steps.count { step.add(steps[index + 1]) }
      merged.append(step)
    }
    steps = merged
  }
}
