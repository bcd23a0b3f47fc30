import Trajectories

/// How many packets there were and what became of them.
struct TraceCounts: Sendable {
  private(set) var complete: UInt64 = 0
  private(set) var lost: UInt64 = 0
  private(set) var partial: UInt64 = 0
  /// Multicast and the like: no path to compare with.
  private(set) var notJudged: UInt64 = 0
  private(set) var ambiguous: UInt64 = 0
  /// Observations that no other point has a companion for.
  private(set) var unmatched: UInt64 = 0
  /// First and last corrected time of an observation, nanoseconds since 1970.
  private(set) var first = Int64.max
  private(set) var last = Int64.min

  var traces: UInt64 { complete + lost + partial + notJudged }

  /// Nanoseconds between the first observation and the last one.
  var span: Int64 { first <= last ? last.subtractingReportingOverflow(first).partialValue : 0 }

  @inline(__always)
  mutating func add(_ trajectory: borrowing Trajectory) {
    switch trajectory.outcome {
    case .complete: complete &+= 1
    case .lost: lost &+= 1
    case .partial: partial &+= 1
    case .notJudged: notJudged &+= 1
    }
    if trajectory.isAmbiguous { ambiguous &+= 1 }
    if trajectory.hops.count == 1 { unmatched &+= 1 }
    let hops = trajectory.hops.span
    for index in hops.indices {
      let time = hops[index].observation.correctedTime
      first = min(first, time)
      last = max(last, time)
    }
  }
}
