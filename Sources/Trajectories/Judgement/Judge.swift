import Packets
import Topology

/// Decides what became of a packet: complete, lost after a point, or not to be told.
///
/// Consumes the ordered hops and the planned path, adds outcome, reasons and what was expected next.
struct Judge {
  static func judge(
    _ trajectory: inout Trajectory, plan: PathPlan, courses: [Course], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge, recordings: RecordingTimes, clocks: ClockModel
  ) {
    trajectory.reasons.removeAll(keepingCapacity: true)
    trajectory.lossEvidence = nil
    trajectory.expectedNext = nil
    trajectory.delivered = nil
    trajectory.lastSeen = trajectory.hops.lastIndex { $0.kind == .path } ?? 0
    let last = trajectory.hops[trajectory.lastSeen].observation
    guard !last.isLinkScoped && !last.destination.isMulticast else {
      trajectory.outcome = .notJudged
      return
    }
    // Where too little was captured of it, the packet may be anywhere else as well.
    guard last.identity != 0 else {
      trajectory.reasons.append(.init(point: last.point, code: .truncated))
      trajectory.outcome = .partial
      return
    }
    let reached = Progress(of: trajectory.hops, courses: courses, along: plan.points, table: table)
    noteMissed(
      reached, plan: plan, at: last, in: &trajectory, table: table, knowledge: knowledge,
      recordings: recordings, clocks: clocks)
    if reached.next < plan.points.count {
      judgeStopped(
        reached, plan: plan, at: last, in: &trajectory, table: table, knowledge: knowledge,
        recordings: recordings, clocks: clocks)
    } else if !plan.isWhole {
      trajectory.reasons.append(.init(point: last.point, code: .pathUnknown))
      trajectory.outcome = .partial
    } else {
      trajectory.outcome = trajectory.reasons.isEmpty ? .complete : .partial
      trajectory.delivered = plan.endsAtDestination ? true : nil
    }
  }

  /// Points before the furthest one that did not see the packet.
  private static func noteMissed(
    _ reached: Progress, plan: PathPlan, at last: Observation, in trajectory: inout Trajectory,
    table: borrowing PointTable, knowledge: borrowing NetworkKnowledge,
    recordings: RecordingTimes, clocks: ClockModel
  ) {
    for point in plan.points[..<reached.next]
    where !trajectory.hops.contains(where: { $0.observation.point == point }) {
      let verdict = Self.verdict(
        for: point, on: trajectory.hops, at: last, table: table, knowledge: knowledge,
        recordings: recordings, clocks: clocks)
      let code: Trajectory.Reason.Code =
        switch verdict {
        case .recording: .missed
        case .notRecording: .notRecording
        case .captureDrops: .captureDrops
        case .filtered: .filtered
        case .truncated: .truncated
        }
      trajectory.reasons.append(.init(point: point, code: code))
    }
  }

  private static func verdict(
    for point: UInt16, on hops: [Hop], at last: Observation, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge, recordings: RecordingTimes, clocks: ClockModel
  ) -> RecordingTimes.Verdict {
    let node = table.node(of: point)
    let time = clocks.recorded(last.correctedTime, node: node)
    guard recordings.hasFilter(point) else {
      return recordings.verdict(for: point, of: node, at: time) { _ in true }
    }
    return recordings.verdict(for: point, of: node, at: time) { filter in
      FilterPassage(of: hops, last: last).isOpen(
        filter, at: point, table: table, knowledge: knowledge, recordings: recordings)
    }
  }

  /// The packet was not seen at any further point of its path: lost, if each of them was recording.
  private static func judgeStopped(
    _ reached: Progress, plan: PathPlan, at last: Observation, in trajectory: inout Trajectory,
    table: borrowing PointTable, knowledge: borrowing NetworkKnowledge,
    recordings: RecordingTimes, clocks: ClockModel
  ) {
    trajectory.expectedNext = plan.points[reached.next]
    var evidence = Trajectory.LossEvidence.proven
    var isCertain = true
    for (offset, point) in plan.points[reached.next...].enumerated() {
      let code: Trajectory.Reason.Code?
      switch Self.verdict(
        for: point, on: trajectory.hops, at: last, table: table, knowledge: knowledge,
        recordings: recordings, clocks: clocks)
      {
      case .recording(let found):
        code = nil
        // The next point is the one that decides; those after it could not see the packet either.
        if offset == 0 { evidence = found }
      case .notRecording: code = .notRecording
      case .captureDrops: code = .captureDrops
      case .filtered: code = .filtered
      case .truncated: code = .truncated
      }
      if let code {
        trajectory.reasons.append(.init(point: point, code: code))
        isCertain = false
      }
    }
    trajectory.outcome = isCertain ? .lost : .partial
    if isCertain {
      trajectory.lossEvidence = evidence
      trajectory.delivered = false
    }
  }
}

/// How far along its planned path a packet came.
private struct Progress {
  /// Index in the plan of the first point after the furthest one reached.
  var next = 0

  init(
    of hops: [Hop], courses: [Course], along points: [UInt16], table: borrowing PointTable
  ) {
    for hop in hops where hop.kind == .path {
      if let index = points[next...].firstIndex(of: hop.observation.point) { next = index + 1 }
    }
    guard next == 0, let last = hops.lastIndex(where: { $0.kind == .path }) else { return }
    // Nowhere on its path: a packet sent to a wrong node still had to leave its own.
    let node = table.node(of: hops[last].observation.point)
    next = points.lastIndex { table.node(of: $0) == node }.map { $0 + 1 } ?? 0
  }
}
