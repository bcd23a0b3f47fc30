import Topology

/// Finds, among the rows of a window, those that are the same packet as its oldest row.
///
/// Consumes the chain of rows with one identity, adds the decision which of them belong together: a
/// packet is seen once at each point, unless it is a duplicate, was captured twice, or came past again
/// with a lower TTL or translated addresses. Everything else with the same identity is another packet.
struct ObservationGroup: ~Copyable {
  typealias Slot = ObservationWindow.Slot

  /// Rows of a chain that are looked at for one packet: bounds the work on a flood of equal packets.
  static let candidateLimit = 512
  /// A duplicate follows within this time, in nanoseconds: 65,536 packets, after which IP
  /// identifications begin again, take longer.
  static let duplicateSpan: Int64 = 20_000_000
  /// More of one point's rows than this are no duplicates but a flood of equal packets.
  static let duplicateLimit = 4

  /// DNAT, SNAT and both leave no more than these other endpoints.
  private static let translationLimit = 3

  /// Slots of the window, oldest first.
  private(set) var members = SlotList()
  /// Whether another packet of the window would have fitted as well.
  private(set) var isAmbiguous = false
  /// Whether there are equal packets that only the time tells apart.
  private(set) var isKnownByTime = false
  /// Whether every point saw the identity once and under the same addresses.
  private(set) var isPlain = true
  /// The sum over the members of where and in which state they were seen, hashed.
  private(set) var states: UInt64 = 0
  private var candidates: [Slot] = []
  private var lanes = PacketLanes()
  /// Endpoints of candidates that are other packets', and that are the packet's own after translation.
  private var strangers: [UInt64] = []
  private var translations: [UInt64] = []

  /// Makes the window's oldest row and what has its identity the members and marks them used. Unless the
  /// group is plain, some of them may be other packets: `sift` leaves those out.
  @inline(__always)
  mutating func gather(from window: inout ObservationWindow, span: Int64, longest: Int64) {
    isKnownByTime = false
    isAmbiguous = window.firstKey.isContested
    let equals = window.useEquals(
      within: span, usualSpan: Swift.max(1_000_000, 2 * longest), floodLimit: EqualPackets.limit,
      limit: Self.candidateLimit, listingIn: &members)
    states = equals.states
    isPlain = equals.isPlain
  }

  /// Leaves out members that are other packets.
  mutating func sift(
    in window: inout ObservationWindow, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge, recordings: borrowing RecordingTimes
  ) {
    let head = window.firstSlot
    candidates.removeAll(keepingCapacity: true)
    // What has no hop left goes no further (RFC 1812, section 5.3.1; RFC 8200, section 3).
    let isSpent = window[head].timeToLive == 0
    for place in 0..<members.count {
      let slot = members[place]
      window.markUnused(slot)
      if place > 0 && (window[slot].timeToLive == 0) == isSpent
        && !window[slot].hasOtherTimestamp(than: window[head])
      {
        candidates.append(slot)
      }
    }
    members.removeAll()
    members.append(head)
    if window[head].isLinkScoped { keepNeighbours(of: window[head], in: window, table: table) }
    dropStrangers(to: window[head], in: window, table: table, knowledge: knowledge)
    lanes.fill(head: head, candidates, in: window, recordings: recordings)
    select(head, in: &window, table: table, knowledge: knowledge)
    for place in 0..<members.count { window.markUsed(members[place]) }
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
}

// MARK: - Other addresses

extension ObservationGroup {
  /// Leaves out what has other addresses and is no translation of the packet.
  private mutating func dropStrangers(
    to first: Observation, in window: borrowing ObservationWindow, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let own = window[key: members[0]].endpoints
    strangers.removeAll(keepingCapacity: true)
    translations.removeAll(keepingCapacity: true)
    for slot in candidates where window[key: slot].endpoints != own {
      let endpoints = window[key: slot].endpoints
      if strangers.contains(endpoints) || translations.contains(endpoints) { continue }
      let row = window[slot]
      let isTranslation =
        AddressTranslation.isPlausible(from: first, to: row, known: knowledge.translations)
        && (row.isRecognisable || knowledge.translations.contains(first, row)
          || isAlone(endpoints, besides: first, own: own, in: window, table: table))
      if isTranslation { translations.append(endpoints) } else { strangers.append(endpoints) }
    }
    // Many senders of one content: none of them is another's translation.
    if translations.count + strangers.count > Self.translationLimit && !first.isRecognisable {
      candidates.removeAll {
        window[key: $0].endpoints != own && !knowledge.translations.contains(first, window[$0])
      }
    } else if !strangers.isEmpty {
      candidates.removeAll { strangers.contains(window[key: $0].endpoints) }
    }
  }

  /// Whether rows of other endpoints neither began on their own nor passed where the packet itself did.
  private func isAlone(
    _ endpoints: UInt64, besides first: Observation, own: UInt64,
    in window: borrowing ObservationWindow, table: borrowing PointTable
  ) -> Bool {
    !candidates.contains { slot in
      window[key: slot].endpoints == endpoints
        && (Self.isOrigin(window[slot], besides: first, table: table)
          || candidates.contains {
            window[key: $0].endpoints == own && window[key: $0].place == window[key: slot].place
          })
    }
  }

  /// Whether a row under other addresses is the beginning of another packet of the same content: at the
  /// first row's point, on another node before any router touched it, or at another pod's interface.
  private static func isOrigin(
    _ row: Observation, besides first: Observation, table: borrowing PointTable
  ) -> Bool {
    guard row.timeToLive >= first.timeToLive else { return false }
    let point = table[row.point]
    if row.point == first.point || point.node != table[first.point].node { return true }
    return point.role.isPodEnd && row.source != first.source
  }

  /// Whether a row that comes late is one more observation of a packet: at a new point, or a twin.
  static func admits(
    _ row: Observation, to hops: [Hop], translations: borrowing FlowTranslations
  ) -> Bool {
    let first = hops[0].observation
    guard (row.timeToLive == 0) == (first.timeToLive == 0),
      AddressTranslation.isPlausible(from: first, to: row, known: translations),
      !row.isLinkScoped,
      row.isRecognisable || row.hasSameEndpoints(as: first) || translations.contains(first, row)
    else { return false }
    return hops.allSatisfy {
      let seen = $0.observation
      if row.hasOtherTimestamp(than: seen)
        || !row.hasExactIdentity && row.hasTunnel(of: seen)
          && row.tunnelIdentification != seen.tunnelIdentification
      {
        return false
      }
      guard seen.point == row.point && seen.timeToLive == row.timeToLive else { return true }
      return row.hasExactIdentity && seen.hasSameEndpoints(as: row)
        && abs(seen.time &- row.time) < duplicateSpan
    }
  }
}

// MARK: - Equal packets

extension ObservationGroup {
  /// Takes of each lane what belongs to the first packet.
  private mutating func select(
    _ head: Slot, in window: inout ObservationWindow, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let first = window[head]
    let isExact = first.hasExactIdentity
    let isFlood = lanes.hasFlood(in: window)
    if isExact && !isFlood {
      // Seen again at once: the packet itself.
      for slot in lanes.takeTwins(in: window) { members.append(slot) }
    }
    // Where the packet began nothing else was equal to it: what comes twice further on is a duplicate.
    let isOnly =
      isExact
      || lanes.departures.count == 1 && lanes.showsBeginningOnce(in: window, table: table)
    let hasTwins = isOnly && !isFlood
    lanes.setOffsets(in: window, knowledge: knowledge)
    lanes.match(in: window, table: table)
    for lane in lanes.others {
      guard let place = lanes.match(of: lane) else { continue }
      let rows = lanes.rows(of: lane)
      members.append(rows[place])
      guard hasTwins else { continue }
      let end = window[key: rows[place]].time &+ Self.duplicateSpan
      for slot in rows[(place + 1)...]
      where window[key: slot].time < end && !lanes.isLater(slot, lane, in: window) {
        members.append(slot)
      }
    }
    guard lanes.departures.count > 1 || !isOnly && lanes.hasLeftovers(members.count) else { return }
    isKnownByTime = true
    let rivals = lanes.rivals(in: window, longest: knowledge.longestDelay, table: table)
    if !rivals.isEmpty || lanes.departures.count == 1 { isAmbiguous = true }
    for slot in rivals { window.markContested(slot) }
  }
}
