import Topology

/// Finds, among the rows of a window, those that are the same packet as its oldest row.
///
/// Consumes the chain of rows with one identity, adds the decision which of them belong together: a
/// packet is seen once at each point, unless it is a duplicate, was captured twice, or came past again
/// with a lower TTL or translated addresses. Everything else with the same identity is another packet.
struct ObservationGroup {
  typealias Slot = ObservationWindow.Slot

  /// Rows of a chain that are looked at for one packet: bounds the work on a flood of equal packets.
  static let candidateLimit = 512
  /// The members, oldest first; slots of the window.
  private(set) var members: [Slot] = []
  /// Whether rows were left over that would have fitted as well.
  private(set) var isAmbiguous = false
  /// Whether every point saw the packet once and under the same addresses.
  private(set) var isPlain = true
  private var candidates: [Slot] = []
  /// Times at which later equal packets passed the first row's point.
  private var departures: [Int64] = []
  /// Number of equal rows at each point.
  private var arrivals: [UInt16: Int] = [:]

  /// Gathers the group of the window's oldest row and marks its members used.
  mutating func gather(
    from window: inout ObservationWindow, span: Int64, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    members.removeAll(keepingCapacity: true)
    isAmbiguous = false
    let head = window.firstSlot
    members.append(head)
    // Too little of the packet was captured to recognise it anywhere else.
    if window.identity(head) != 0 { collectCandidates(of: head, in: window, span: span) }
    let isLinkScoped = window[head].isLinkScoped
    isPlain = !isLinkScoped && isEachPointOnce(window)
    if !isPlain {
      candidates.removeAll(keepingCapacity: true)
      candidates.append(contentsOf: members.dropFirst())
      members.removeLast(candidates.count)
      if isLinkScoped { keepNeighbours(of: window[head], in: window, table: table) }
      dropLaterPackets(than: window[head], in: window, knowledge: knowledge)
      for slot in candidates
      where admits(slot, in: window, translations: knowledge.translations) { members.append(slot) }
    }
    for slot in members { window.markUsed(slot) }
  }

  /// Adds what has the same identity to the members.
  private mutating func collectCandidates(
    of head: Slot, in window: borrowing ObservationWindow, span: Int64
  ) {
    let identity = window.identity(head)
    let end = window.time(head) &+ span
    var slot = window.successor(head)
    var looked = 0
    while slot != ObservationWindow.noSlot && looked < Self.candidateLimit {
      if window.identity(slot) == identity {
        if window.time(slot) > end { break }
        looked += 1
        if !window.isUsed(slot) { members.append(slot) }
      }
      slot = window.successor(slot)
    }
  }

  /// What is addressed to a link only is never routed: other nodes send the same of their own.
  private mutating func keepNeighbours(
    of first: Observation, in window: borrowing ObservationWindow, table: borrowing PointTable
  ) {
    let node = table[first.point].node
    candidates.removeAll {
      let row = window[$0]
      return table[row.point].node != node || !row.hasSameEndpoints(as: first)
        || row.isEncapsulated != first.isEncapsulated
    }
  }

  /// Whether every point saw the identity once and under the same addresses: nearly every packet.
  private func isEachPointOnce(_ window: borrowing ObservationWindow) -> Bool {
    let endpoints = window.endpoints(members[0])
    var seen: UInt64 = 0
    for index in members.indices {
      let slot = members[index]
      guard window.endpoints(slot) == endpoints else { return false }
      // Most captures have few points: a bit for each tells whether it was met before.
      let point = window.point(slot)
      let bit: UInt64 = 1 << UInt64(point & 63)
      if seen & bit != 0, members[..<index].contains(where: { window.point($0) == point }) {
        return false
      }
      seen |= bit
    }
    return true
  }

  /// Leaves out what belongs to a later equal packet that was seen at the first row's point.
  ///
  /// Where another point saw as many of them, they are matched first come, first served. Where it saw
  /// fewer, each row belongs to the latest packet that had the time to get there.
  private mutating func dropLaterPackets(
    than first: Observation, in window: borrowing ObservationWindow,
    knowledge: borrowing NetworkKnowledge
  ) {
    departures.removeAll(keepingCapacity: true)
    for slot in candidates {
      let row = window[slot]
      if row.file == first.file && isSameCrossing(first, row) {
        departures.append(row.correctedTime)
      }
    }
    guard !departures.isEmpty else { return }
    arrivals.removeAll(keepingCapacity: true)
    for slot in candidates { arrivals[window.point(slot), default: 0] += 1 }
    candidates.removeAll { slot in
      let point = window.point(slot)
      if point == first.point || arrivals[point] == departures.count + 1 { return false }
      // A packet may well be a little faster than all before it.
      let latest = window.time(slot) &- knowledge.shortestDelay(from: first.point, to: point) / 2
      return departures.contains { $0 <= latest }
    }
  }

  /// Whether the row is one more observation of the packet whose members are known so far.
  private mutating func admits(
    _ slot: Slot, in window: borrowing ObservationWindow,
    translations: borrowing FlowTranslations
  ) -> Bool {
    let row = window[slot]
    let first = window[members[0]]
    guard AddressTranslation.isPlausible(from: first, to: row, known: translations) else {
      return false
    }
    for other in members where window.point(other) == row.point {
      let member = window[other]
      if isSameCrossing(member, row) {
        let isTwin = row.file != member.file || row.hasExactIdentity
        if !isTwin { isAmbiguous = true }
        return isTwin
      }
      let isFurtherOn = row.timeToLive < member.timeToLive || member.timeToLive < row.timeToLive
      if !isFurtherOn && !row.hasExactIdentity { return false }
    }
    if row.hasSameEndpoints(as: first) || row.hasExactIdentity { return true }
    return !isOtherPacket(row, besides: first, in: window)
  }

  /// Whether a row under other addresses has an origin of its own at the first row's point, and so is
  /// no translation of that packet but another one of the same content.
  private func isOtherPacket(
    _ row: Observation, besides first: Observation, in window: borrowing ObservationWindow
  ) -> Bool {
    candidates.contains { slot in
      window.point(slot) == first.point && window[slot].timeToLive == first.timeToLive
        && window[slot].hasSameEndpoints(as: row)
    }
  }

  /// Whether a row that comes late is one more observation of a packet: at a new point, or a twin.
  static func admits(
    _ row: Observation, to hops: [Hop], translations: borrowing FlowTranslations
  ) -> Bool {
    let first = hops[0].observation
    guard AddressTranslation.isPlausible(from: first, to: row, known: translations),
      !row.isLinkScoped
    else {
      return false
    }
    return hops.allSatisfy {
      $0.observation.point != row.point || $0.observation.timeToLive != row.timeToLive
        || row.hasExactIdentity && $0.observation.hasSameEndpoints(as: row)
    }
  }

  /// Whether two observations at one point show the packet in the same state, not on its way back.
  private func isSameCrossing(_ one: Observation, _ other: Observation) -> Bool {
    one.point == other.point && one.timeToLive == other.timeToLive
      && one.hasSameEndpoints(as: other) && one.encapsulation == other.encapsulation
      && one.packetType == other.packetType
  }
}

extension Observation {
  /// Whether a non-zero IP identification and the whole transport identity stand behind a match.
  var hasExactIdentity: Bool {
    identification != 0 && traits.contains(.isIdentityComplete)
  }
}
