import Topology

/// Rows of equal packets by lane: those of one point in one state, one row a packet.
///
/// Consumes a chain of rows with one identity, adds the lane that each belongs to, and what a packet
/// usually takes from the first lane to another.
struct PacketLanes {
  typealias Slot = ObservationWindow.Slot

  /// Lanes that are told apart; a packet that loops has many.
  private static let limit = 128
  /// A row may be earlier than another that it should follow, on the same node or between two.
  private static let tolerance: Int64 = 100_000
  private static let toleranceBetweenNodes: Int64 = 1_000_000

  private struct Lane {
    var rows: [Slot] = []
    /// Nanoseconds from the first lane's point; nil if not known.
    var offset: Int64?
    /// The row that was matched with the first departure.
    var match: Int?
  }

  private var lanes: [Lane] = []
  private var count = 0
  private var alignment = EqualPackets()
  private var departureTimes: [Int64] = []
  private var arrivalTimes: [Int64] = []

  /// The first row's lane: the first packet and those that are equal to it.
  var departures: [Slot] { lanes[0].rows }
  var others: Range<Int> { 1..<Swift.max(1, count) }

  func rows(of lane: Int) -> [Slot] { lanes[lane].rows }

  mutating func fill(
    head: Slot, _ candidates: [Slot], in window: borrowing ObservationWindow,
    recordings: borrowing RecordingTimes
  ) {
    count = 0
    add(head, in: window, recordings: recordings)
    for slot in candidates { add(slot, in: window, recordings: recordings) }
  }

  private mutating func add(
    _ slot: Slot, in window: borrowing ObservationWindow, recordings: borrowing RecordingTimes
  ) {
    for lane in 0..<count {
      let known = lanes[lane].rows[0]
      if window[key: known].point == window[key: slot].point
        && window[key: known].state == window[key: slot].state
        && window[key: known].endpoints == window[key: slot].endpoints
        && !recordings.isRecapture(window[slot], of: window[known])
      {
        lanes[lane].rows.append(slot)
        return
      }
    }
    guard count < Self.limit else { return }
    if count == lanes.count { lanes.append(Lane()) }
    lanes[count].rows.removeAll(keepingCapacity: true)
    lanes[count].rows.append(slot)
    lanes[count].match = nil
    count += 1
  }

  /// Whether there are too many equal rows at once to be duplicates of one packet.
  func hasFlood(in window: borrowing ObservationWindow) -> Bool {
    for lane in 0..<count where lanes[lane].rows.count > ObservationGroup.duplicateLimit {
      let end = window[key: lanes[lane].rows[0]].time &+ ObservationGroup.duplicateSpan
      if window[key: lanes[lane].rows[ObservationGroup.duplicateLimit]].time < end { return true }
    }
    return false
  }

  /// Whether a pod's interface had a packet that no router had touched yet, and had it once.
  func showsBeginningOnce(
    in window: borrowing ObservationWindow, table: borrowing PointTable
  ) -> Bool {
    (0..<count).contains { lane in
      let slot = lanes[lane].rows[0]
      return lanes[lane].rows.count == 1 && window[slot].hasOriginalTimeToLive
        && table[window[key: slot].point].role.isPodEnd
    }
  }

  /// Takes duplicates out of the first lane and returns them.
  mutating func takeTwins(in window: borrowing ObservationWindow) -> [Slot] {
    let rows = lanes[0].rows
    let end = window[key: rows[0]].time &+ ObservationGroup.duplicateSpan
    let last = rows.lastIndex { window[key: $0].time < end } ?? 0
    lanes[0].rows.removeSubrange(1..<(last + 1))
    return Array(rows[1..<(last + 1)])
  }

  /// Looks up what a packet usually takes between the lanes, from the point on the sender's side that most
  /// is known of.
  mutating func setOffsets(
    in window: borrowing ObservationWindow, knowledge: borrowing NetworkKnowledge
  ) {
    guard (0..<count).contains(where: { lanes[$0].rows.count > 1 }) else { return }
    var best = -1
    let timeToLive = (0..<count).reduce(0) {
      Swift.max($0, window[lanes[$1].rows[0]].timeToLive)
    }
    for origin in 0..<count where window[lanes[origin].rows[0]].timeToLive == timeToLive {
      let point = window[key: lanes[origin].rows[0]].point
      let known = (0..<count).count {
        knowledge.shortestDelay(from: point, to: window[key: lanes[$0].rows[0]].point) != nil
      }
      guard known > best else { continue }
      best = known
      for lane in 0..<count {
        lanes[lane].offset = knowledge.shortestDelay(
          from: point, to: window[key: lanes[lane].rows[0]].point)
      }
      if known == count { break }
    }
  }

  /// Place in the lane of the row that belongs to the first departure.
  mutating func match(
    _ lane: Int, in window: borrowing ObservationWindow, table: borrowing PointTable
  ) -> Int? {
    // Of equal packets that left, the one that arrived is to be found by its time.
    let isBefore = isBefore(lane, in: window, table: table)
    if departures.count == 1 && !(isBefore && lanes[lane].rows.count > 1) {
      let row = lanes[lane].rows[0]
      let isTooLate =
        isBefore
        && window[key: row].time &- window[key: departures[0]].time > Self.toleranceBetweenNodes
      lanes[lane].match = isTooLate ? nil : 0
      return lanes[lane].match
    }
    let direction = direction(of: lane)
    departureTimes.removeAll(keepingCapacity: true)
    arrivalTimes.removeAll(keepingCapacity: true)
    for slot in departures.prefix(EqualPackets.limit) {
      departureTimes.append(direction * (window[key: slot].time &+ usual(lane)))
    }
    for slot in lanes[lane].rows.prefix(EqualPackets.limit) {
      arrivalTimes.append(direction * window[key: slot].time)
    }
    let isSameNode =
      table.node(of: window[key: departures[0]].point)
      == table.node(of: window[key: lanes[lane].rows[0]].point)
    lanes[lane].match = alignment.arrivalOfFirst(
      departures: departureTimes, arrivals: arrivalTimes,
      tolerance: isSameNode ? Self.tolerance : Self.toleranceBetweenNodes)
    return lanes[lane].match
  }

  /// Whether a packet without an identification of its own was on a lane's node before it came to that of
  /// the first one, as its TTL there shows: it cannot be there later.
  private func isBefore(
    _ lane: Int, in window: borrowing ObservationWindow, table: borrowing PointTable
  ) -> Bool {
    let first = departures[0]
    let node = table.node(of: window[key: lanes[lane].rows[0]].point)
    guard !window[first].hasExactIdentity, node != table.node(of: window[key: first].point) else {
      return false
    }
    return (0..<count).contains { other in
      let row = lanes[other].rows[0]
      return window[row].timeToLive > window[first].timeToLive
        && table.node(of: window[key: row].point) == node
    }
  }

  /// What a packet usually takes from the first lane to another: negative to one before it.
  private func usual(_ lane: Int) -> Int64 {
    guard let here = lanes[lane].offset, let first = lanes[0].offset else { return 0 }
    return here &- first
  }

  /// 1 for a lane further on, -1 for one that packets cross before the first lane.
  private func direction(of lane: Int) -> Int64 { usual(lane) < 0 ? -1 : 1 }

  /// How much later than usual a row would be as the packet of a departure.
  private func lateness(
    _ slot: Slot, _ lane: Int, of departure: Slot, in window: borrowing ObservationWindow
  ) -> Int64 {
    direction(of: lane) * (window[key: slot].time &- window[key: departure].time &- usual(lane))
  }

  /// Whether a row may be a later departure's.
  func isLater(_ slot: Slot, _ lane: Int, in window: borrowing ObservationWindow) -> Bool {
    guard departures.count > 1 else { return false }
    return lateness(slot, lane, of: departures[1], in: window) >= -Self.tolerance
  }

  /// Whether a lane has rows besides the members.
  func hasLeftovers(_ members: [Slot]) -> Bool {
    let total = (0..<count).reduce(0) { $0 + lanes[$1].rows.count }
    return members.count < total
  }

  /// Rows of other packets that may as well be the first one's: later departures of which a row may be that
  /// was taken for the first one's, or the other way round; others that left before the first one arrived.
  func rivals(
    in window: borrowing ObservationWindow, longest: Int64, table: borrowing PointTable
  ) -> [Slot] {
    var rivals: [Slot] = []
    let latest = Swift.max(1_000_000, 2 * longest)
    for departure in departures.dropFirst().prefix(EqualPackets.limit) {
      let isRival = others.contains { lane in
        let faster = abs(usual(lane)) / 2
        if let match = lanes[lane].match {
          return lateness(lanes[lane].rows[match], lane, of: departure, in: window) >= -faster
        }
        return lanes[lane].rows.contains {
          lateness($0, lane, of: departure, in: window) >= -faster
            && (-faster...latest).contains(
              lateness($0, lane, of: departures[0], in: window))
        }
      }
      if isRival { rivals.append(departure) }
    }
    for lane in others where isBefore(lane, in: window, table: table) {
      guard let match = lanes[lane].match else { continue }
      let faster = abs(usual(lane)) / 2
      for (place, slot) in lanes[lane].rows.enumerated() where place != match {
        let lateness = lateness(slot, lane, of: departures[0], in: window)
        if (-faster...latest).contains(lateness) { rivals.append(slot) }
      }
    }
    return rivals
  }
}
