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
    /// Where, in which state, under which addresses and in which file its first row was seen.
    var place: UInt64 = 0
    var endpoints: UInt64 = 0
    var file: UInt16 = 0
    /// Nanoseconds from the first lane's point; nil if not known.
    var offset: Int64?
    /// The row that was matched with the first departure.
    var match: Int?
    /// The lane whose rows are its packets' departures: the first one, or the one where they came to the node.
    var reference = 0
    /// Of a lane whose packets the outer header tells apart: for each departure the place of its row, if any.
    var arrivals: [Int?] = []
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
    open(head, in: window)
    var next = 0
    while next < candidates.count {
      next = append(candidates, from: next, in: window, recordings: recordings)
      if next < candidates.count && count < Self.limit { open(candidates[next], in: window) }
      next += 1
    }
  }

  /// Adds rows to the lanes that they belong to, up to the first one of which there is no lane yet; returns its
  /// index.
  private mutating func append(
    _ candidates: [Slot], from start: Int, in window: borrowing ObservationWindow,
    recordings: borrowing RecordingTimes
  ) -> Int {
    let count = count
    let candidates = candidates.span
    var lanes = lanes.mutableSpan
    for index in start..<candidates.count {
      let slot = candidates[index]
      let place = window[key: slot].place
      let endpoints = window[key: slot].endpoints
      let file = window[slot].file
      var lane = 0
      while lane < count
        && (lanes[lane].place != place || lanes[lane].endpoints != endpoints
          || lanes[lane].file != file
            && recordings.isRecapture(window[slot], of: window[lanes[lane].rows[0]]))
      {
        lane += 1
      }
      if lane == count { return index }
      lanes[lane].rows.append(slot)
    }
    return candidates.count
  }

  /// Begins a lane with a row.
  private mutating func open(_ slot: Slot, in window: borrowing ObservationWindow) {
    if count == lanes.count { lanes.append(Lane()) }
    lanes[count].rows.removeAll(keepingCapacity: true)
    lanes[count].rows.append(slot)
    lanes[count].place = window[key: slot].place
    lanes[count].endpoints = window[key: slot].endpoints
    lanes[count].file = window[slot].file
    lanes[count].match = nil
    lanes[count].reference = 0
    lanes[count].arrivals.removeAll(keepingCapacity: true)
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

  /// Place in a lane of the row that belongs to the first departure; nil before `match`, or if none does.
  func match(of lane: Int) -> Int? { lanes[lane].match }

  /// Finds the row of each lane that belongs to the first departure: by the times, and between nodes by the
  /// identification of the outer header where there is one.
  mutating func match(in window: borrowing ObservationWindow, table: borrowing PointTable) {
    for lane in others { matchByTime(lane, in: window, table: table) }
    if !window[departures[0]].hasExactIdentity { matchByTunnel(in: window, table: table) }
  }

  private mutating func matchByTime(
    _ lane: Int, in window: borrowing ObservationWindow, table: borrowing PointTable
  ) {
    // Of equal packets that left, the one that arrived is to be found by its time.
    let isBefore = isBefore(lane, in: window, table: table)
    if departures.count == 1 && !(isBefore && lanes[lane].rows.count > 1) {
      let row = lanes[lane].rows[0]
      let isTooLate =
        isBefore
        && window[key: row].time &- window[key: departures[0]].time > Self.toleranceBetweenNodes
      lanes[lane].match = isTooLate ? nil : 0
    } else {
      align(lane, in: window, table: table)
    }
  }

  /// Matches by the times at the lane and at the one that its packets come from.
  private mutating func align(
    _ lane: Int, in window: borrowing ObservationWindow, table: borrowing PointTable
  ) {
    let reference = lanes[lane].reference
    let direction = direction(of: lane, in: window)
    departureTimes.removeAll(keepingCapacity: true)
    arrivalTimes.removeAll(keepingCapacity: true)
    for slot in lanes[reference].rows.prefix(EqualPackets.limit) {
      departureTimes.append(direction &* (window[key: slot].time &+ usual(lane)))
    }
    for slot in lanes[lane].rows.prefix(EqualPackets.limit) {
      arrivalTimes.append(direction &* window[key: slot].time)
    }
    lanes[lane].match = alignment.arrivalOfFirst(
      departures: departureTimes, arrivals: arrivalTimes,
      tolerance: node(of: lane, in: window, table) == node(of: reference, in: window, table)
        ? Self.tolerance : Self.toleranceBetweenNodes)
  }

  /// Corrects the matches on other nodes: a tunnelled packet has its outer identification at both ends.
  private mutating func matchByTunnel(
    in window: borrowing ObservationWindow, table: borrowing PointTable
  ) {
    let home = node(of: 0, in: window, table)
    let exit = (0..<count).first {
      node(of: $0, in: window, table) == home && window[lanes[$0].rows[0]].isTunnelIdentified
    }
    guard let exit, isNumbered(exit, in: window) else { return }
    for entry in others where node(of: entry, in: window, table) != home {
      let isThere = window[lanes[entry].rows[0]].hasTunnel(of: window[lanes[exit].rows[0]])
      guard isThere, lanes[entry].arrivals.isEmpty, isNumbered(entry, in: window) else { continue }
      findArrivals(at: entry, from: exit, in: window)
      lanes[entry].match = lanes[entry].arrivals[0]
      matchBehind(entry, in: window, table: table)
    }
  }

  /// Whether one tunnel gave each packet of a lane an identification of its own.
  private func isNumbered(_ lane: Int, in window: borrowing ObservationWindow) -> Bool {
    let rows = lanes[lane].rows.prefix(EqualPackets.limit)
    return rows.indices.allSatisfy { index in
      window[rows[index]].hasTunnel(of: window[rows[0]])
        && !rows[..<index].contains {
          window[$0].tunnelIdentification == window[rows[index]].tunnelIdentification
        }
    }
  }

  /// Looks up the rows of the departures by the outer identifications that they had at the exit. Where the
  /// exit saw more or fewer packets than departed, those after the first are taken to come in order.
  private mutating func findArrivals(
    at entry: Int, from exit: Int, in window: borrowing ObservationWindow
  ) {
    let rows = lanes[entry].rows
    let first = exit == 0 ? 0 : lanes[exit].match
    func arrival(_ departure: Int) -> Int? {
      guard let place = first.map({ $0 + departure }), place < lanes[exit].rows.count else {
        return nil
      }
      let identification = window[lanes[exit].rows[place]].tunnelIdentification
      return rows.firstIndex { window[$0].tunnelIdentification == identification }
    }
    let isWhole = lanes[exit].rows.count == departures.count
    let firstArrival = arrival(0)
    lanes[entry].arrivals.append(firstArrival)
    // One departure more than times are compared of: `rivals` looks at that many after the first.
    for departure in departures.indices.prefix(EqualPackets.limit + 1).dropFirst() {
      let next = firstArrival.map { $0 + departure }.flatMap {
        rows.indices.contains($0) ? $0 : nil
      }
      lanes[entry].arrivals.append(isWhole ? arrival(departure) : next)
    }
  }

  /// Matches the other lanes of an entry's node by what came in there.
  private mutating func matchBehind(
    _ entry: Int, in window: borrowing ObservationWindow, table: borrowing PointTable
  ) {
    let node = node(of: entry, in: window, table)
    for lane in others where lane != entry && self.node(of: lane, in: window, table) == node {
      // Where more packets were seen behind the entry its own capture has holes: the times decide.
      guard lanes[lane].arrivals.isEmpty, lanes[lane].rows.count <= lanes[entry].rows.count else {
        continue
      }
      lanes[lane].reference = entry
      lanes[lane].match = nil
      guard let match = lanes[entry].match else { continue }
      if match == 0 {
        align(lane, in: window, table: table)
      } else if lanes[lane].rows.count == lanes[entry].rows.count {
        lanes[lane].match = match
      } else {
        lanes[lane].reference = 0
        matchByTime(lane, in: window, table: table)
      }
    }
  }

  private func node(
    of lane: Int, in window: borrowing ObservationWindow, _ table: borrowing PointTable
  ) -> Int {
    table.node(of: window[key: lanes[lane].rows[0]].point)
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

  /// What a packet usually takes from the first lane to another: negative to one before it. Within a node,
  /// where no clocks differ, a lane is compared with the one that its packets come from as they are.
  private func usual(_ lane: Int) -> Int64 {
    guard lanes[lane].reference == 0, let here = lanes[lane].offset, let first = lanes[0].offset
    else { return 0 }
    return here &- first
  }

  /// 1 for a lane further on, -1 for one that packets cross before the one they are compared with. The TTL
  /// tells where it differs: the clocks of two nodes may be further apart than the nodes are.
  private func direction(of lane: Int, in window: borrowing ObservationWindow) -> Int64 {
    let reference = lanes[lane].reference
    let here = lanes[lane].rows[0]
    let first = lanes[reference].rows[0]
    if window[here].timeToLive != window[first].timeToLive {
      return window[here].timeToLive < window[first].timeToLive ? 1 : -1
    }
    let isBefore =
      reference == 0 ? usual(lane) < 0 : window[key: here].time < window[key: first].time
    return isBefore ? -1 : 1
  }

  /// How much later than usual a row of a lane would be as the packet of a departure; nil if that packet did
  /// not come to the lane's node.
  private func lateness(
    _ slot: Slot, _ lane: Int, of departure: Int, in window: borrowing ObservationWindow
  ) -> Int64? {
    let reference = lanes[lane].reference
    var row = departures[departure]
    if reference > 0 {
      let arrivals = lanes[reference].arrivals
      guard departure < arrivals.count, let place = arrivals[departure] else { return nil }
      row = lanes[reference].rows[place]
    }
    return direction(of: lane, in: window)
      &* (window[key: slot].time &- window[key: row].time &- usual(lane))
  }

  /// Whether a row may be a later departure's.
  func isLater(_ slot: Slot, _ lane: Int, in window: borrowing ObservationWindow) -> Bool {
    guard departures.count > 1 else { return false }
    return lateness(slot, lane, of: 1, in: window).map { $0 >= -Self.tolerance } ?? false
  }

  /// Whether the lanes have more rows than a packet has members.
  func hasLeftovers(_ memberCount: Int) -> Bool {
    let total = (0..<count).reduce(0) { $0 + lanes[$1].rows.count }
    return memberCount < total
  }

  /// Rows of other packets that may as well be the first one's: later departures of which a row may be that
  /// was taken for the first one's, or the other way round; others that left before the first one arrived.
  func rivals(
    in window: borrowing ObservationWindow, longest: Int64, table: borrowing PointTable
  ) -> [Slot] {
    var rivals: [Slot] = []
    let latest = Swift.max(1_000_000, 2 * longest)
    for departure in departures.indices.dropFirst().prefix(EqualPackets.limit) {
      let isPossible = others.contains { isRival(departure, at: $0, latest: latest, in: window) }
      if isPossible { rivals.append(departures[departure]) }
    }
    for lane in others
    where lanes[lane].arrivals.isEmpty && isBefore(lane, in: window, table: table) {
      guard let match = lanes[lane].match else { continue }
      let faster = abs(usual(lane)) / 2
      for (place, slot) in lanes[lane].rows.enumerated() where place != match {
        guard let lateness = lateness(slot, lane, of: 0, in: window) else { continue }
        if (-faster...latest).contains(lateness) { rivals.append(slot) }
      }
    }
    return rivals
  }

  /// Whether a row at a lane that was taken for the first departure's, or left over, may be another's.
  private func isRival(
    _ departure: Int, at lane: Int, latest: Int64, in window: borrowing ObservationWindow
  ) -> Bool {
    guard lanes[lane].arrivals.isEmpty else { return false }
    let faster = abs(usual(lane)) / 2
    func lateness(_ slot: Slot, of departure: Int) -> Int64 {
      self.lateness(slot, lane, of: departure, in: window) ?? Int64.min
    }
    if let match = lanes[lane].match {
      if direction(of: lane, in: window) > 0 {
        return lateness(lanes[lane].rows[match], of: departure) >= -faster
      }
      let place = match + departure
      return place < lanes[lane].rows.count
        && lateness(lanes[lane].rows[place], of: 0) >= -faster
    }
    return lanes[lane].rows.contains {
      lateness($0, of: departure) >= -faster
        && (-faster...latest).contains(lateness($0, of: 0))
    }
  }
}
