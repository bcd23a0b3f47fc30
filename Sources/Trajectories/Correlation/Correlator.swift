import Packets

/// Joins observations, given in the order of corrected time, into trajectories.
///
/// Holds the window of the last observations; when the oldest one is old enough for its companions to be
/// there, the packet it belongs to is put together and, if it is complete, handed on. A packet that was
/// not seen everywhere waits until it cannot come any more, and is judged then.
struct Correlator: ~Copyable {
  /// What joining goes by.
  struct Settings {
    /// How long a packet may take from its first point to its last, in nanoseconds.
    var span: Int64
    /// Observations kept at the most.
    var limit: Int
    /// Whether trajectories are handed on in the order of their first observations, or each as soon as
    /// it is known. Their numbers are the same.
    var isOrdered: Bool
    /// Whether every packet is looked at closely, not only the first of each shape.
    var isLearning: Bool
  }

  private var window: ObservationWindow
  private let settings: Settings
  /// Nearly every packet has crossed all points within this time, in nanoseconds.
  private let usualSpan: Int64
  private var group = ObservationGroup()
  private var builder: TrajectoryBuilder
  private var shapes = PathShapes()
  private var waiting = WaitingPackets()
  private var trajectory = Trajectory()
  private var count: UInt64 = 0
  /// Packets that were judged before their time because too much was kept, and found incomplete.
  private(set) var evicted: UInt64 = 0

  init(
    _ settings: Settings, recordings: RecordingTimes, clocks: ClockModel,
    knowledge: borrowing NetworkKnowledge
  ) {
    self.settings = settings
    usualSpan = min(settings.span, max(1_000_000, 4 * knowledge.longestDelay))
    builder = TrajectoryBuilder(recordings: recordings, clocks: clocks)
    window = ObservationWindow(limit: settings.limit)
  }

  /// Takes the next observation; hands on what is older than the window allows.
  mutating func append(
    _ row: UnsafePointer<Observation>, table: borrowing PointTable,
    knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    let time = unsafe row.pointee.correctedTime
    let horizon = time &- usualSpan
    while !window.isEmpty && (window.isFull || window.time(window.firstSlot) < horizon) {
      release(table: table, knowledge: &knowledge, emit: emit)
    }
    while waiting.isDue(before: time &- settings.span) {
      handOnFirst(table: table, knowledge: &knowledge, emit: emit)
    }
    unsafe window.append(row)
  }

  /// Hands on all that is left, at the end of the inputs.
  mutating func finish(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    while !window.isEmpty { release(table: table, knowledge: &knowledge, emit: emit) }
    while !waiting.isEmpty { handOnFirst(table: table, knowledge: &knowledge, emit: emit) }
  }

  /// Removes the oldest row; if it is not part of a packet yet, puts its packet together.
  private mutating func release(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    defer { window.removeFirst() }
    let slot = window.firstSlot
    if window.isUsed(slot) { return }
    if waiting.hasLatest(window.identity(slot)),
      waiting.admit(window[slot], translations: knowledge.translations)
    {
      return
    }
    group.gather(from: &window, span: settings.span, table: table, knowledge: knowledge)
    trajectory.isAmbiguous = group.isAmbiguous
    build(table: table, knowledge: &knowledge)
    count += 1
    trajectory.number = count
    let isWaiting = trajectory.mayBeSeenFurther
    if isWaiting || settings.isOrdered && !waiting.isEmpty {
      if waiting.isFull {
        evicted += 1
        handOnFirst(table: table, knowledge: &knowledge, emit: emit)
      }
      waiting.append(&trajectory, isWaiting: isWaiting)
    } else {
      emitCurrent(table, emit)
    }
  }

  /// Judges the packet that has waited longest, and hands it on.
  private mutating func handOnFirst(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    if waiting.removeFirst(into: &trajectory) {
      builder.build(&trajectory, table: table, knowledge: &knowledge)
    }
    emitCurrent(table, emit)
  }

  private mutating func emitCurrent(
    _ table: borrowing PointTable, _ emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    trajectory.isSelected = trajectory.hops.contains {
      $0.observation.traits.contains(.isSelected)
    }
    emit(trajectory, table)
  }

  /// Puts the group together: as one like it before, if nothing about it is special.
  private mutating func build(table: borrowing PointTable, knowledge: inout NetworkKnowledge) {
    let isPlain = !settings.isLearning && group.isPlain
    let key = isPlain ? PathShapes.key(of: group.members, in: window) : nil
    let version = knowledge.version &+ table.points.count
    if let key,
      shapes.apply(key, version: version, members: group.members, in: window, to: &trajectory)
    {
      builder.measure(&trajectory, table: table)
      return
    }
    trajectory.resize(to: group.members.count)
    for (index, slot) in group.members.enumerated() {
      trajectory.hops[index].observation = window[slot]
      trajectory.hops[index].kind = .path
    }
    builder.build(&trajectory, table: table, knowledge: &knowledge)
    if let key { shapes.remember(key, version: version, of: trajectory) }
  }
}

extension Trajectory {
  /// Whether a point of its path has not seen the packet, so that it may still come there.
  fileprivate var mayBeSeenFurther: Bool {
    expectedNext != nil || reasons.contains { $0.code == .missed || $0.code == .notRecording }
  }
}
