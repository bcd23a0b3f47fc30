import Packets

/// Joins observations, given in the order of corrected time, into trajectories.
///
/// Holds the window of the last observations; when the oldest one has waited long enough for its
/// companions, the packet it belongs to is put together, judged and handed on. Trajectories therefore
/// leave in the order of their first observations.
struct Correlator: ~Copyable {
  private var window: ObservationWindow
  private let span: Int64
  private let remembersShapes: Bool
  private var group = ObservationGroup()
  private var builder: TrajectoryBuilder
  private var shapes = PathShapes()
  private var trajectory = Trajectory()
  private var count: UInt64 = 0
  /// Packets that were judged before their time because the window was full, and found incomplete.
  private(set) var evicted: UInt64 = 0

  /// - Parameters:
  ///   - span: how long a packet may take from its first point to its last, in nanoseconds.
  ///   - limit: observations kept at the most.
  ///   - remembersShapes: whether packets like one before are put together as it was; a pass that is
  ///     made to learn looks at each of them.
  init(
    span: Int64, limit: Int, recordings: RecordingTimes, clocks: ClockModel, remembersShapes: Bool
  ) {
    self.span = span
    self.remembersShapes = remembersShapes
    builder = TrajectoryBuilder(recordings: recordings, clocks: clocks)
    window = ObservationWindow(limit: limit)
  }

  /// Takes the next observation; hands on what is older than the window allows.
  mutating func append(
    _ row: borrowing Observation, table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    let horizon = row.correctedTime &- span
    while !window.isEmpty && window.time(window.firstSlot) < horizon {
      release(table: table, knowledge: &knowledge, emit: emit)
    }
    if window.isFull {
      let isComplete = release(
        table: table, knowledge: &knowledge, emit: emit)
      if !isComplete { evicted += 1 }
    }
    window.append(row)
  }

  /// Hands on all that is left, at the end of the inputs.
  mutating func finish(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    while !window.isEmpty {
      release(table: table, knowledge: &knowledge, emit: emit)
    }
  }

  /// Removes the oldest row; if its packet was not handed on yet, does so. Tells whether that packet
  /// was complete, or had gone already.
  @discardableResult
  private mutating func release(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) -> Bool {
    defer { window.removeFirst() }
    if window.isUsed(window.firstSlot) { return true }
    group.gather(from: &window, span: span, table: table, knowledge: knowledge)
    trajectory.hops.removeAll(keepingCapacity: true)
    trajectory.isAmbiguous = group.isAmbiguous
    build(table: table, knowledge: &knowledge)
    count += 1
    trajectory.number = count
    trajectory.isSelected = trajectory.hops.contains {
      $0.observation.traits.contains(.isSelected)
    }
    emit(trajectory, table)
    return trajectory.outcome == .complete
  }

  /// Puts the group together: as one like it before, if nothing about it is special.
  private mutating func build(table: borrowing PointTable, knowledge: inout NetworkKnowledge) {
    let isPlain = remembersShapes && group.isPlain
    let key = isPlain ? PathShapes.key(of: group.members, in: window) : nil
    let version = knowledge.version &+ table.points.count
    if let key,
      shapes.apply(key, version: version, members: group.members, in: window, to: &trajectory)
    {
      builder.measure(&trajectory, table: table)
      return
    }
    for slot in group.members {
      trajectory.hops.append(Hop(observation: window[slot], kind: .path))
    }
    builder.build(&trajectory, table: table, knowledge: &knowledge)
    if let key { shapes.remember(key, version: version, of: trajectory) }
  }
}
