/// Packets in the order of their first observations, from the oldest one that may still be seen at a
/// further point.
///
/// Nearly all packets cross all of their points within a moment. The few that did not wait here, off the
/// window, until they could not come any more; where the order matters the others wait behind them.
struct WaitingPackets {
  private struct Entry {
    var trajectory = Trajectory()
    var identity: UInt64 = 0
    /// Corrected time of the first observation.
    var time: Int64 = 0
    var isWaiting = false
  }

  /// Packets that are kept at the most.
  static let limit = 1 << 15

  /// A ring, whose storage is reused; its count is a power of two.
  private var entries = [Entry](repeating: Entry(), count: 64)
  /// Positions of the oldest packet and behind the youngest one, counted over all packets ever.
  private var first = 0
  private var end = 0
  /// Position of the last waiting packet of each identity.
  private var latest: [UInt64: Int] = [:]
  /// Number of identities in `latest` by their low bits: nearly every question ends here.
  private var filter = [UInt16](repeating: 0, count: filterCount)
  /// Waiting packets by the octets that they hold.
  private var parts = WaitingParts()

  private static let filterCount = 4096

  var isEmpty: Bool { first == end }
  var isFull: Bool { end - first >= Self.limit }

  /// Whether the oldest packet was not seen everywhere yet.
  var isFirstWaiting: Bool { !isEmpty && entries[index(of: first)].isWaiting }

  private func index(of position: Int) -> Int { position & (entries.count - 1) }

  /// Whether the oldest packet need not wait any longer: it is complete, or began before a time.
  func isDue(before time: Int64) -> Bool {
    guard !isEmpty else { return false }
    let index = index(of: first)
    return !entries[index].isWaiting || entries[index].time < time
  }

  /// Adds a packet behind all others. Its storage is taken; what comes back is to be filled anew.
  ///
  /// - Parameter isCuttable: whether units of which the packet is a part, or parts of it, may still come.
  mutating func append(_ trajectory: inout Trajectory, isWaiting: Bool, isCuttable: Bool) {
    let (identity, time) = Self.start(of: trajectory)
    if isWaiting && identity != 0 && trajectory.part == nil {
      if latest.updateValue(end, forKey: identity) == nil {
        filter[Self.filterIndex(identity)] += 1
      }
    }
    if isWaiting && isCuttable { parts.insert(trajectory, at: end) }
    if end - first == entries.count { grow() }
    let index = index(of: end)
    swap(&entries[index].trajectory, &trajectory)
    entries[index].identity = identity
    entries[index].time = time
    entries[index].isWaiting = isWaiting
    end += 1
  }

  /// A packet's identity, and the corrected time of its first observation.
  private static func start(of trajectory: borrowing Trajectory) -> (identity: UInt64, time: Int64)
  {
    let hops = trajectory.hops.span
    var time = Int64.max
    for index in hops.indices { time = min(time, hops[index].observation.correctedTime) }
    return (hops[0].observation.identity, time)
  }

  private mutating func grow() {
    var larger = [Entry](repeating: Entry(), count: 2 * entries.count)
    for position in first..<end {
      swap(&larger[position & (larger.count - 1)], &entries[index(of: position)])
    }
    entries = larger
  }

  private static func filterIndex(_ identity: UInt64) -> Int {
    Int(truncatingIfNeeded: identity) & (filterCount - 1)
  }

  /// Whether a packet of an identity may be waiting: nearly none is.
  @inline(__always)
  func mayHaveLatest(_ identity: UInt64) -> Bool { filter[Self.filterIndex(identity)] > 0 }

  /// Whether a packet of an identity is waiting.
  func hasLatest(_ identity: UInt64) -> Bool {
    mayHaveLatest(identity) && latest[identity] != nil
  }

  /// When, in corrected time, the waiting packet of an identity passed a point.
  func latestTime(of identity: UInt64, at point: UInt16) -> Int64? {
    guard let position = latest[identity] else { return nil }
    return entries[index(of: position)].trajectory.hops.first {
      $0.observation.point == point
    }?.observation.correctedTime
  }

  /// Adds a late observation to the packet that waits for it; false if there is none.
  mutating func admit(
    _ row: Observation, translations: borrowing FlowTranslations
  ) -> Bool {
    guard let position = latest[row.identity] else { return false }
    let index = index(of: position)
    // Of equal packets nobody knows which one it is that was late.
    guard !entries[index].trajectory.isAmbiguous,
      ObservationGroup.admits(
        row, to: entries[index].trajectory.hops, translations: translations)
    else { return false }
    entries[index].trajectory.hops.append(Hop(observation: row, kind: .path))
    return true
  }

  /// Whether packets wait of which a row might hold octets.
  var hasParts: Bool { !parts.isEmpty }

  /// Adds a late row to all packets that wait for its octets; true if none of them are left over.
  mutating func admitParts(
    of row: Observation, datagramLength: Int, covered: inout CoveredOctets,
    known: borrowing FlowTranslations
  ) -> Bool {
    for position in parts.positions(around: row) {
      let index = index(of: position)
      guard
        let range = entries[index].trajectory.admitPart(
          of: row, datagramLength: datagramLength, covered: covered, known: known)
      else { continue }
      if covered.cover(range.own, of: row, count: range.count) { return true }
    }
    return false
  }

  /// Takes out the oldest packet, in exchange for the storage given; tells whether it was waiting.
  mutating func removeFirst(into trajectory: inout Trajectory) -> Bool {
    let index = index(of: first)
    swap(&entries[index].trajectory, &trajectory)
    let isWaiting = entries[index].isWaiting
    if isWaiting {
      let identity = entries[index].identity
      if latest[identity] == first {
        latest[identity] = nil
        filter[Self.filterIndex(identity)] -= 1
      }
      parts.remove(trajectory, at: first)
    }
    first += 1
    return isWaiting
  }
}
