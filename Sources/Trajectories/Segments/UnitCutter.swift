import Packets

/// Cuts the packet of the window's oldest row at every border that any point recorded, and finds for each
/// part the rows that hold it.
///
/// Consumes the group of rows that are equal to the oldest one, adds the rows of other points that hold
/// the same octets in bigger or smaller units.
struct UnitCutter: ~Copyable {
  typealias Slot = ObservationWindow.Slot

  private struct Candidate {
    let slot: Slot
    let range: Range<Int>
    let time: Int64
    /// Whether identifications say that it is of the same packets; else its time must.
    let isCertain: Bool
    /// What the identifications say of the length of segments, and whether that is beyond doubt.
    var segmentLength: Int?
    var isTelling = false
  }

  private(set) var index = UnitIndex()
  private(set) var covered = CoveredOctets()
  private var lengths = DatagramLengths()
  private var found: [Slot] = []
  private var candidates: [Candidate] = []
  /// Later transmissions of some of the octets past the oldest row's point.
  private var departures: [Candidate] = []
  private var space: PayloadSpace?
  /// The parts of the oldest row, in order.
  private(set) var ranges: [Range<Int>] = []
  /// Rows that hold the part selected last, in the order of time.
  private(set) var members = SlotList()
  private(set) var isAmbiguous = false

  var isActive: Bool { index.isActive }

  mutating func activate(_ window: borrowing ObservationWindow) { index.activate(window) }

  mutating func appendLast(of window: borrowing ObservationWindow) {
    index.appendLast(of: window)
  }

  mutating func removeFirst(of window: borrowing ObservationWindow) {
    index.removeFirst(of: window)
    covered.forget(window[window.firstSlot])
  }

  /// Whether some octets of a row belong to packets that were put together already.
  func isPartlyCovered(_ row: Observation) -> Bool {
    !covered.isEmpty && !covered.borders(of: row).isEmpty
  }

  /// Adds a late row to the packets that wait for its octets; true if none of them are left over.
  mutating func admit(
    _ row: Observation, to waiting: inout WaitingPackets, known: borrowing FlowTranslations
  ) -> Bool {
    waiting.admitParts(
      of: row, datagramLength: lengths.known(for: row), covered: &covered, known: known)
  }

  /// The part that one of `ranges` is.
  func part(_ range: Range<Int>) -> PacketPart? {
    space.map { PacketPart(space: $0, range: range) }
  }

  /// Cuts the packet that `group` is; false if nothing but the group holds octets of it.
  mutating func cut(
    _ group: borrowing SlotList, in window: borrowing ObservationWindow, span: Int64,
    knowledge: borrowing NetworkKnowledge, recordings: borrowing RecordingTimes
  ) -> Bool {
    ranges.removeAll(keepingCapacity: true)
    candidates.removeAll(keepingCapacity: true)
    departures.removeAll(keepingCapacity: true)
    let head = window[group[0]]
    // Rows of one identity hold the same octets, unless these are told by their positions.
    guard head.hasPosition || index.mayHoldOthers(around: head) || isPartlyCovered(head) else {
      return false
    }
    index.find(around: head, before: head.correctedTime &+ span, in: window, into: &found)
    space = chooseSpace(for: head, in: window, known: knowledge.translations)
    guard let space, let whole = space.range(of: head) else { return false }
    collect(
      group, head: head, whole: whole, space: space, in: window, known: knowledge.translations,
      recordings: recordings)
    dropOtherLengths()
    if space.kind == .datagrams { dropOtherBeginnings(in: window) }
    dropLaterTransmissions(of: whole, head: head, knowledge: knowledge, in: window)
    guard isPartlyCovered(head) || candidates.contains(where: { $0.range != whole }) else {
      return false
    }
    findRanges(in: whole, head: head)
    return true
  }

  /// Which row of octets the packet is looked at in: fragments wherever there are some, else the stream,
  /// else a flow's datagrams.
  private mutating func chooseSpace(
    for head: Observation, in window: borrowing ObservationWindow,
    known: borrowing FlowTranslations
  ) -> PayloadSpace? {
    if let space = PayloadSpace(sequenceOf: head) { return space }
    if let space = PayloadSpace(payloadOf: head) {
      let isFragmented =
        head.isFragment
        || found.contains {
          window[$0].isFragment && space.range(of: window[$0]) != nil
            && Self.isPlausible(head, window[$0], known: known)
        }
      if isFragmented { return space }
    }
    if let space = PayloadSpace(positionsOf: head) { return space }
    let length = lengths.find(for: head, among: found, in: window)
    guard length > 0 else { return nil }
    return PayloadSpace(datagramsOf: head, length: length)
  }

  private mutating func collect(
    _ group: borrowing SlotList, head: Observation, whole: Range<Int>, space: PayloadSpace,
    in window: borrowing ObservationWindow, known: borrowing FlowTranslations,
    recordings: borrowing RecordingTimes
  ) {
    let own = group.indices.reduce(into: Set<UInt16>()) { $0.insert(window[key: group[$1]].point) }
    let seenWhole = identitiesSeen(at: own, besides: head, space: space, in: window)
    for place in group.indices {
      candidates.append(
        Candidate(
          slot: group[place], range: whole, time: window[key: group[place]].time, isCertain: true))
    }
    for slot in found where !window[key: slot].isUsed {
      let row = window[slot]
      guard let range = space.range(of: row), range.overlaps(whole),
        !group.indices.contains(where: { group[$0] == slot }),
        Self.isPlausible(head, row, known: known), !seenWhole.contains(row.identity)
      else { continue }
      let verdict = space.compare(head, at: whole, with: row, at: range)
      let candidate: Candidate
      switch verdict {
      case .differ: continue
      case .unknown:
        candidate = Candidate(
          slot: slot, range: range, time: window[key: slot].time, isCertain: false)
        if Self.isSamePassage(row, head, recordings) {
          departures.append(candidate)
          continue
        }
        // Where the packet itself was seen, these octets are another transmission's.
        let isAgain = group.indices.contains {
          Self.isSamePassage(row, window[group[$0]], recordings)
        }
        if isAgain { continue }
      case .agree(let length, let isTelling):
        candidate = Candidate(
          slot: slot, range: range, time: window[key: slot].time, isCertain: true,
          segmentLength: length, isTelling: isTelling)
      }
      candidates.append(candidate)
    }
    candidates.sort { ($0.time, $0.slot) < ($1.time, $1.slot) }
  }

  /// Whether two rows were recorded at one point in the same state, by one capture.
  private static func isSamePassage(
    _ one: Observation, _ other: Observation, _ recordings: borrowing RecordingTimes
  ) -> Bool {
    one.point == other.point && one.timeToLive == other.timeToLive
      && !recordings.isRecapture(one, of: other)
  }

  /// Packets that were seen on their own where this one was: they are others than its segments.
  private func identitiesSeen(
    at points: Set<UInt16>, besides head: Observation, space: PayloadSpace,
    in window: borrowing ObservationWindow
  ) -> Set<UInt64> {
    guard space.kind != .fragments, head.identification != 0 else { return [] }
    var identities: Set<UInt64> = []
    for slot in found where points.contains(window[key: slot].point) {
      if window[key: slot].identity != head.identity {
        identities.insert(window[key: slot].identity)
      }
    }
    return identities
  }

  /// The last segment of a unit may be shorter, and then fits several lengths: the others tell it.
  private mutating func dropOtherLengths() {
    guard let telling = candidates.first(where: \.isTelling) else { return }
    candidates.removeAll { $0.segmentLength != nil && $0.segmentLength != telling.segmentLength }
  }

  /// Units that a socket sends one after the other have identifications in common: what begins at the same place
  /// with other octets than the first that came is of another unit.
  private mutating func dropOtherBeginnings(in window: borrowing ObservationWindow) {
    var first: [Int: Slot] = [:]
    candidates.removeAll { candidate in
      guard let known = first[candidate.range.lowerBound] else {
        first[candidate.range.lowerBound] = candidate.slot
        return false
      }
      return !window[candidate.slot].mayBeginLike(window[known])
    }
  }

  /// Rows without identification that belong to a later transmission of the same octets.
  private mutating func dropLaterTransmissions(
    of whole: Range<Int>, head: Observation, knowledge: borrowing NetworkKnowledge,
    in window: borrowing ObservationWindow
  ) {
    guard !departures.isEmpty else { return }
    candidates = candidates.filter { candidate in
      let common = candidate.range.clamped(to: whole)
      return candidate.isCertain
        || !isLater(
          candidate, than: common, head: head, among: candidates, knowledge: knowledge,
          in: window, isWhole: true)
    }
  }

  /// Whether octets in a row were sent again before the row was recorded, so that they are those.
  ///
  /// Where a point saw as many rows with the octets as there were transmissions, they are matched first
  /// come, first served.
  private func isLater(
    _ candidate: Candidate, than range: Range<Int>, head: Observation,
    among all: [Candidate], knowledge: borrowing NetworkKnowledge,
    in window: borrowing ObservationWindow, isWhole: Bool
  ) -> Bool {
    let sent = departures.filter {
      isWhole
        ? $0.range.lowerBound <= range.lowerBound && $0.range.upperBound >= range.upperBound
        : $0.range.overlaps(range)
    }
    guard !sent.isEmpty else { return false }
    let point = window[key: candidate.slot].point
    let arrived = all.filter {
      !$0.isCertain && window[key: $0.slot].point == point && $0.range.overlaps(range)
    }
    if arrived.count == sent.count + 1 { return arrived[0].slot != candidate.slot }
    let latest = candidate.time &- (knowledge.shortestDelay(from: head.point, to: point) ?? 0) / 2
    return sent.contains { $0.time <= latest }
  }

  /// The stretches between the borders that are not covered yet.
  private mutating func findRanges(in whole: Range<Int>, head: Observation) {
    var borders = covered.borders(of: head).map { $0 + whole.lowerBound }
    for candidate in candidates {
      let common = candidate.range.clamped(to: whole)
      borders.append(common.lowerBound)
      borders.append(common.upperBound)
    }
    borders.sort()
    for (start, end) in zip(borders, borders.dropFirst()) where start < end {
      let own = start - whole.lowerBound..<end - whole.lowerBound
      if !covered.isCovered(own, of: head) { ranges.append(start..<end) }
    }
  }

  /// Finds the rows that hold a part, and marks their octets as covered.
  mutating func select(
    _ part: Range<Int>, in window: inout ObservationWindow,
    knowledge: borrowing NetworkKnowledge, recordings: borrowing RecordingTimes
  ) {
    members.removeAll()
    isAmbiguous = false
    let head = window[window.firstSlot]
    for candidate in candidates {
      guard candidate.range.lowerBound <= part.lowerBound,
        candidate.range.upperBound >= part.upperBound
      else { continue }
      let row = window[candidate.slot]
      let own =
        part.lowerBound - candidate.range.lowerBound..<part.upperBound - candidate.range.lowerBound
      if covered.isCovered(own, of: row) { continue }
      if !candidate.isCertain {
        if isLater(
          candidate, than: part, head: head, among: candidates, knowledge: knowledge, in: window,
          isWhole: false)
        {
          continue
        }
        if isTaken(row, in: window, recordings: recordings) {
          isAmbiguous = true
          continue
        }
      }
      members.append(candidate.slot)
      if covered.cover(own, of: row, count: candidate.range.count) {
        window.markUsed(candidate.slot)
      }
    }
  }

  /// Whether a member was seen at the row's point in the same state.
  private func isTaken(
    _ row: Observation, in window: borrowing ObservationWindow,
    recordings: borrowing RecordingTimes
  ) -> Bool {
    members.indices.contains {
      let member = window[members[$0]]
      return Self.isSamePassage(row, member, recordings) && member.hasSameEndpoints(as: row)
    }
  }

  /// Whether points hold the part selected last under several addresses.
  func isTranslated(in window: borrowing ObservationWindow) -> Bool {
    members.indices.contains {
      window[key: members[$0]].endpoints != window[key: members[0]].endpoints
    }
  }

  /// Whether two rows may be one packet's, translated maybe. Of fragments only the first has ports.
  static func isPlausible(
    _ one: Observation, _ other: Observation, known: borrowing FlowTranslations
  ) -> Bool {
    guard one.isFragment || other.isFragment else {
      return AddressTranslation.isPlausible(from: one, to: other, known: known)
    }
    return one.source == other.source || one.destination == other.destination
  }
}
