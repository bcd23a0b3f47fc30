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
    /// Whether this is a sample that is to teach: its packets are not handed on.
    var isLearning: Bool
  }

  /// How late a row may be recorded, in nanoseconds, while fewer rows than this are kept.
  private static let patience: Int64 = 20_000_000
  private static let patientCount = 1024 - releaseStep
  /// Rows that are looked at for an equal packet.
  private static let twinLimit = 64
  /// What is old enough is handed on once in so many rows, a power of two, or after so many nanoseconds.
  private static let releaseStep = 16
  private static let releaseDelay: Int64 = 1_000_000

  private var window: ObservationWindow
  /// Memory of rows of the window, and copies of those that would not stay.
  private var held = HeldRows()
  private var copies = RowCopies()
  private let settings: Settings
  /// Nearly every packet has crossed all points within this time, in nanoseconds.
  private let usualSpan: Int64
  /// As long as few rows are kept there is time to wait for those that are recorded late.
  private let patientSpan: Int64
  private var group = ObservationGroup()
  private var builder: TrajectoryBuilder
  private var shapes = PathShapes()
  private var waiting = WaitingPackets()
  private var cutter = UnitCutter()
  private var probe = UnitProbe()
  private var positions = DatagramPositions()
  private var reassemblies = Reassemblies()
  private var retransmissions = Retransmissions()
  private var trajectory = Trajectory()
  private var count: UInt64 = 0
  private var appended = 0
  private var nextRelease = Int64.min
  /// Packets that were judged before their time because too much was kept, and found incomplete.
  private(set) var evicted: UInt64 = 0
  /// Rows that are part of a packet which was put together.
  var joinedCount: Int { appended &- window.count }
  /// Up to when, in corrected time, it is known what the captures dropped.
  private var confirmedUntil = Int64.max

  init(
    _ settings: Settings, recordings: RecordingTimes, clocks: ClockModel,
    knowledge: borrowing NetworkKnowledge
  ) {
    self.settings = settings
    usualSpan = min(settings.span, max(1_000_000, 4 * knowledge.longestDelay))
    patientSpan = max(usualSpan, Self.patience)
    builder = TrajectoryBuilder(recordings: recordings, clocks: clocks)
    window = ObservationWindow(limit: settings.limit)
    if settings.isLearning || knowledge.hasUnits { cutter.activate(window) }
  }

  /// Asks for memory that taking an observation will need.
  @inline(__always)
  func expect(_ row: UnsafePointer<Observation>) {
    unsafe window.expect(row.pointee.identity)
  }

  /// Takes the next observation, and hands on what is older than the window allows by then. The row stays where it is
  /// until its memory is released.
  @inline(__always)
  mutating func take(
    _ row: UnsafeMutablePointer<Observation>, table: borrowing PointTable,
    knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    let time = unsafe row.pointee.correctedTime
    if isAdvanceDue(at: time) { advance(to: time, table: table, knowledge: &knowledge, emit: emit) }
    if unsafe row.pointee.isIPv6 { unsafe place(row) }
    unsafe window.append(row)
    if cutter.isActive { cutter.appendLast(of: window) }
  }

  /// The same of a row that does not stay: it is copied.
  mutating func take(
    copyOf row: UnsafePointer<Observation>, table: borrowing PointTable,
    knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    let copy = unsafe copies.append(row, keeping: window.count)
    unsafe take(copy, table: table, knowledge: &knowledge, emit: emit)
  }

  /// Notes what goes with rows that are taken next: frames that some were put together from, and memory to be held.
  mutating func note(_ rows: MergedRows) {
    for frames in rows.reassembled { reassemblies.insert(frames) }
    held.hold(rows.ended)
  }

  /// Lets rows that were taken give back what memory is not needed any more.
  mutating func release(by rows: MergedRows) {
    held.release(before: joinedCount, to: &rows.released)
  }

  /// Whether the window is to advance to the time of the next observation before that is appended.
  @inline(__always)
  private mutating func isAdvanceDue(at time: Int64) -> Bool {
    appended &+= 1
    guard appended & (Self.releaseStep - 1) == 0 || time >= nextRelease || window.isFull else {
      return false
    }
    nextRelease = time &+ Self.releaseDelay
    return true
  }

  @inline(never)
  private mutating func place(_ row: UnsafeMutablePointer<Observation>) {
    unsafe positions.place(&row.pointee, recordings: builder.recordings)
  }

  /// Hands on what is older than the window allows at a time that no observation is before any more.
  @inline(never)
  mutating func advance(
    to time: Int64, table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    while !window.isEmpty
      && (window.isFull || isDue(window.firstKey.time, at: time))
    {
      release(table: table, knowledge: &knowledge, emit: emit)
    }
    while waiting.isDue(before: time &- settings.span) {
      handOnFirst(table: table, knowledge: &knowledge, emit: emit)
    }
  }

  /// Judges from here on by what is known by now of the recordings.
  ///
  /// - Parameter confirmedUntil: what is seen later may still be found to have been dropped.
  mutating func update(_ recordings: RecordingTimes, confirmedUntil: Int64) {
    builder.recordings = recordings
    self.confirmedUntil = confirmedUntil
  }

  /// Measures delays from here on by other clocks.
  mutating func update(_ clocks: ClockModel) { builder.update(clocks) }

  /// Whether a row is old enough for the others of its packet to be there. A machine that stalls records
  /// some of them late: as long as few packets are kept there is time to wait for those.
  private func isDue(_ time: Int64, at now: Int64) -> Bool {
    now &- time > (window.count < Self.patientCount ? patientSpan : usualSpan)
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
  @inline(__always)
  private mutating func release(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    if !window.firstKey.isUsed {
      putTogether(table: table, knowledge: &knowledge, emit: emit)
    }
    if cutter.isActive { cutter.removeFirst(of: window) }
    window.removeFirst()
  }

  /// Hands on the packet of the oldest row, unless one that waits takes the row.
  private mutating func putTogether(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    let slot = window.firstSlot
    retransmissions.expect(endpoints: window.firstKey.endpoints)
    if mayBeAwaited && isAwaited(slot, knowledge: knowledge) { return }
    group.gather(from: &window, span: settings.span, longest: knowledge.longestDelay)
    let isCovered = cutter.isActive && cutter.isPartlyCovered(window[slot])
    let version = shapeVersion(table, knowledge)
    trajectory.part = nil
    trajectory.isKnownByTime = false
    trajectory.isAmbiguous = group.isAmbiguous
    // Nearly every packet looks like one before.
    if group.isPlain && !settings.isLearning && !isCovered && !isLinkScopedIPv6(slot),
      let key = PathShapes.key(of: group.members, states: group.states, in: window),
      shapes.apply(key, version: version, members: group.members, in: window, to: &trajectory)
    {
      builder.measure(&trajectory, table: table)
      handOn(table: table, knowledge: &knowledge, emit: emit)
    } else {
      sift(isCovered: isCovered, table: table, knowledge: &knowledge, emit: emit)
    }
  }

  /// Of IPv4 packets the addresses tell it, which are part of a shape.
  @inline(__always)
  private func isLinkScopedIPv6(_ slot: ObservationWindow.Slot) -> Bool {
    window[slot].isIPv6 && window[slot].isLinkScoped
  }

  /// Hands on the packet that the group holds, of which some members may be other packets, and which may
  /// look like none before.
  @inline(never)
  private mutating func sift(
    isCovered: Bool, table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    let isPlain = group.isPlain && !window[window.firstSlot].isLinkScoped
    if !isPlain {
      group.sift(
        in: &window, table: table, knowledge: knowledge, recordings: builder.recordings)
    }
    trajectory.isAmbiguous = group.isAmbiguous
    trajectory.isKnownByTime = group.isKnownByTime
    let key = isCovered ? nil : shapeKey(of: group.members)
    let version = shapeVersion(table, knowledge)
    trajectory.shape = 0
    if let key, mayRepeat(key, version),
      shapes.apply(key, version: version, members: group.members, in: window, to: &trajectory)
    {
      if settings.isLearning || !isPlain { learnPassage(&knowledge) }
      if settings.isLearning { return }
      builder.measure(&trajectory, table: table)
    } else if isCut(knowledge: &knowledge) {
      releaseParts(table: table, knowledge: &knowledge, emit: emit)
      return
    } else {
      trajectory.fill(from: group.members, in: window)
      build(key, version: version, table: table, knowledge: &knowledge)
      if !cutter.isActive && trajectory.mayBeSeenFurther
        && probe.showsUnits(group.members, packets: count, in: window)
      {
        cutter.activate(window)
        knowledge.hasUnits = true
        if isCut(knowledge: &knowledge) {
          releaseParts(table: table, knowledge: &knowledge, emit: emit)
          return
        }
      }
    }
    handOn(table: table, knowledge: &knowledge, emit: emit)
  }

  /// Whether a packet may wait for the oldest row: for nearly none one does.
  @inline(__always)
  private var mayBeAwaited: Bool {
    waiting.mayHaveLatest(window.firstKey.identity) || cutter.isActive && waiting.hasParts
  }

  /// Whether a packet that waits, or several, take the row.
  private mutating func isAwaited(
    _ slot: ObservationWindow.Slot, knowledge: borrowing NetworkKnowledge
  ) -> Bool {
    if waiting.hasLatest(window[key: slot].identity), !hasNearerTwin(slot),
      waiting.admit(window[slot], translations: knowledge.translations)
    {
      return true
    }
    return cutter.isActive && waiting.hasParts
      && cutter.admit(window[slot], to: &waiting, known: knowledge.translations)
  }

  /// Whether a row that a packet waits for is rather one of an equal packet: that one passed a point of the
  /// first one's again, and nearer to the row in time.
  private func hasNearerTwin(_ slot: ObservationWindow.Slot) -> Bool {
    guard !window[slot].hasExactIdentity else { return false }
    let identity = window[key: slot].identity
    let time = window[key: slot].time
    var other = window[key: slot].successor
    var remaining = Self.twinLimit
    while other != ObservationWindow.noSlot && remaining > 0 {
      if window[key: other].identity == identity,
        let seen = waiting.latestTime(of: identity, at: window[key: other].point),
        window[key: other].time &- time < time &- seen
      {
        return true
      }
      other = window[key: other].successor
      remaining -= 1
    }
    return false
  }

  /// Whether other rows hold octets of the oldest row's packet in other units.
  private mutating func isCut(knowledge: inout NetworkKnowledge) -> Bool {
    guard cutter.isActive else { return false }
    let isCut = cutter.cut(
      group.members, in: window, span: settings.span, knowledge: knowledge,
      recordings: builder.recordings)
    if isCut { knowledge.hasUnits = true }
    return isCut
  }

  /// Puts together all parts of the oldest row's packet.
  private mutating func releaseParts(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    for place in cutter.ranges.indices {
      cutter.select(
        cutter.ranges[place], in: &window, knowledge: knowledge, recordings: builder.recordings)
      trajectory.isAmbiguous = group.isAmbiguous || cutter.isAmbiguous
      trajectory.part = cutter.part(cutter.ranges[place])
      let key = shapeKey(of: cutter.members)
      let version = shapeVersion(table, knowledge)
      trajectory.shape = 0
      if let key, mayRepeat(key, version),
        shapes.apply(
          key, version: version, members: cutter.members, in: window, to: &trajectory)
      {
        if settings.isLearning || cutter.isTranslated(in: window) { learnPassage(&knowledge) }
        if settings.isLearning { continue }
        builder.measure(&trajectory, table: table)
      } else {
        trajectory.fill(from: cutter.members, in: window)
        build(key, version: version, table: table, knowledge: &knowledge)
      }
      handOn(table: table, knowledge: &knowledge, emit: emit)
    }
  }

  /// Numbers the packet and hands it on, or lets it wait for what may still come.
  private mutating func handOn(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    count += 1
    trajectory.number = count
    if !settings.isLearning { retransmissions.link(&trajectory) }
    let isWaiting = trajectory.mayBeSeenFurther
    if isWaiting || settings.isOrdered && !waiting.isEmpty {
      waiting.append(&trajectory, isWaiting: isWaiting, isCuttable: cutter.isActive)
      if waiting.isFull {
        if waiting.isFirstWaiting { evicted += 1 }
        handOnFirst(table: table, knowledge: &knowledge, emit: emit)
      }
    } else {
      emitCurrent(table, emit)
    }
  }

  /// Judges the packet that has waited longest, and hands it on.
  private mutating func handOnFirst(
    table: borrowing PointTable, knowledge: inout NetworkKnowledge,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    guard waiting.removeFirst(into: &trajectory) else {
      emitCurrent(table, emit)
      return
    }
    trajectory.shape = 0
    let whole = trajectory
    for (place, part) in whole.parts().enumerated() {
      trajectory.take(part, of: whole)
      if place > 0 {
        count += 1
        trajectory.number = count
        trajectory.retransmissionOf = nil
      }
      if settings.isLearning {
        builder.learn(&trajectory, table: table, knowledge: &knowledge)
      } else {
        builder.build(&trajectory, table: table, knowledge: &knowledge)
        emitCurrent(table, emit)
      }
    }
  }

  @inline(__always)
  private mutating func emitCurrent(
    _ table: borrowing PointTable, _ emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    if reassemblies.isKept { reassemblies.attach(to: &trajectory) }
    trajectory.isSelected = trajectory.hasSelectedHop
    trajectory.isProvisional =
      trajectory.outcome == .lost
      && trajectory.hops[trajectory.lastSeen].observation.correctedTime > confirmedUntil
    emit(trajectory, table)
  }

  /// What packets, or parts, like that of the members are remembered under; nil where the moment decides too
  /// much.
  @inline(never)
  private func shapeKey(of members: borrowing SlotList) -> PathShapes.Key? {
    guard window.areOfOwnPoints(members) else { return nil }
    guard settings.isLearning else { return PathShapes.key(of: members, in: window) }
    return isUnique ? PathShapes.sampleKey(of: members, in: window) : nil
  }

  /// Whether no other packet may be mixed up with this one.
  private var isUnique: Bool { !trajectory.isAmbiguous && !trajectory.isKnownByTime }

  /// Changes with all that decides how a shape is put in order and judged.
  @inline(__always)
  private func shapeVersion(
    _ table: borrowing PointTable, _ knowledge: borrowing NetworkKnowledge
  ) -> Int {
    (settings.isLearning ? knowledge.extent : knowledge.version) &+ table.revision
  }

  /// Whether a packet need not be looked at closely if its shape is remembered.
  @inline(__always)
  private func mayRepeat(_ key: PathShapes.Key, _ version: Int) -> Bool {
    !settings.isLearning || shapes.isRepetition(key, version: version)
  }

  /// Learns what differs between packets of one shape.
  @inline(never)
  private func learnPassage(_ knowledge: inout NetworkKnowledge) {
    if isUnique { PathLearning.learnPassage(trajectory.hops, into: &knowledge) }
  }

  /// Puts together a packet that is not known from one before, and remembers how.
  private mutating func build(
    _ key: PathShapes.Key?, version: Int, table: borrowing PointTable,
    knowledge: inout NetworkKnowledge
  ) {
    let packets = key.map { shapes.takePending($0) } ?? 1
    builder.build(&trajectory, packets: packets, table: table, knowledge: &knowledge)
    if let key { shapes.remember(key, version: version, of: trajectory) }
  }
}

extension Trajectory {
  /// Takes over the rows of a packet that is not in order yet.
  fileprivate mutating func fill(
    from members: borrowing SlotList, in window: borrowing ObservationWindow
  ) {
    resize(to: members.count)
    for index in members.indices {
      hops[index].observation = window[members[index]]
      hops[index].kind = .path
    }
  }

  /// Whether a point of its path has not seen the packet, so that it may still come there.
  fileprivate var mayBeSeenFurther: Bool {
    expectedNext != nil || reasons.contains { $0.code == .missed || $0.code == .notRecording }
  }
}
