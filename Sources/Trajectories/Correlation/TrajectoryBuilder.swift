import Packets
import Topology

/// Makes a trajectory of the observations of one packet.
///
/// Consumes a group of rows with one identity, adds their order, which of them are hops of the path,
/// the delays between those, and the judgement.
struct TrajectoryBuilder: ~Copyable {
  var recordings: RecordingTimes
  private var clocks: ClockModel
  private var order = HopOrder()
  private var plan = PathPlan()
  private var delays = HopDelays()

  init(recordings: RecordingTimes, clocks: ClockModel) {
    self.recordings = recordings
    self.clocks = clocks
  }

  mutating func update(_ clocks: ClockModel) {
    self.clocks = clocks
    delays = HopDelays()
  }

  /// Fills `trajectory` from its unordered hops and teaches `knowledge` what they show.
  ///
  /// - Parameter packets: how many packets teach this: those that took the same way since one was built.
  mutating func build(
    _ trajectory: inout Trajectory, packets: Int = 1, table: borrowing PointTable,
    knowledge: inout NetworkKnowledge
  ) {
    learn(&trajectory, packets: packets, table: table, knowledge: &knowledge)
    plan.make(
      for: trajectory.hops, courses: order.courses, table: table, knowledge: knowledge)
    trajectory.scope = Trajectory.Scope(
      of: trajectory.hops, courses: order.courses, table: table, knowledge: knowledge)
    Judge.judge(
      &trajectory, plan: plan, courses: order.courses, table: table, knowledge: knowledge,
      recordings: recordings, clocks: clocks)
    measure(&trajectory, table: table)
  }

  /// Only orders the hops and teaches what they show, of a packet of a sample that is not handed on.
  mutating func learn(
    _ trajectory: inout Trajectory, packets: Int = 1, table: borrowing PointTable,
    knowledge: inout NetworkKnowledge
  ) {
    order.sort(
      &trajectory.hops, isAmbiguous: trajectory.isAmbiguous, points: table, knowledge: knowledge)
    if packets > 1 { order.weigh(asPackets: packets) }
    HopKinds.assign(
      &trajectory.hops, table: table, knowledge: knowledge, recordings: recordings)
    PathLearning.learn(
      trajectory.hops, courses: order.courses,
      isUnique: !trajectory.isAmbiguous && !trajectory.isKnownByTime, table: table,
      into: &knowledge)
    for hop in trajectory.hops where recordings.hasFilter(hop.observation.point) {
      knowledge.noteFlow(of: hop.observation)
    }
  }

  /// What differs from packet to packet even of one shape: delays and confidence.
  @inline(__always)
  mutating func measure(_ trajectory: inout Trajectory, table: borrowing PointTable) {
    delays.measure(&trajectory.hops, way: trajectory.shape, table: table, clocks: clocks)
    trajectory.confidence = confidence(&trajectory)
  }

  @inline(__always)
  private func confidence(_ trajectory: inout Trajectory) -> Trajectory.Confidence? {
    let hops = trajectory.hops.span
    guard hops.count > 1 else { return nil }
    if trajectory.isAmbiguous || trajectory.isKnownByTime { return .weak }
    let isComplete = hops[0].observation.traits.contains(.isIdentityComplete)
    let isNumbered = hops[0].observation.identification != 0
    return isComplete && isNumbered ? .exact : .strong
  }
}
