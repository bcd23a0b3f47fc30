/// Packets in the order of their first observations, from the oldest one that may still be seen at a
/// further point.
///
/// Nearly all packets cross all of their points within a moment. The few that did not wait here, off the
/// window, until they could not come any more; where the order matters the others wait behind them.
struct WaitingPackets {
  private struct Entry {
    var trajectory: Trajectory
    var identity: UInt64
    /// Corrected time of the first observation.
    var time: Int64
    var isWaiting: Bool
  }

  /// Packets that are kept at the most.
  static let limit = 1 << 15

  private var entries: [Entry] = []
  private var firstIndex = 0
  /// Entries that have left: what an index in `latest` is counted from.
  private var departed = 0
  /// The last waiting packet of each identity, counted over all entries ever.
  private var latest: [UInt64: Int] = [:]
  /// Number of identities in `latest` by their low bits: nearly every question ends here.
  private var filter = [UInt16](repeating: 0, count: filterCount)
  private var spare: [Trajectory] = []
  /// Waiting packets by the octets that they hold.
  private var parts = WaitingParts()

  private static let filterCount = 4096

  var isEmpty: Bool { firstIndex == entries.count }
  var isFull: Bool { entries.count - firstIndex >= Self.limit }

  /// Whether the oldest packet was not seen everywhere yet.
  var isFirstWaiting: Bool { !isEmpty && entries[firstIndex].isWaiting }

  /// Whether the oldest packet need not wait any longer: it is complete, or began before a time.
  func isDue(before time: Int64) -> Bool {
    guard !isEmpty else { return false }
    return !entries[firstIndex].isWaiting || entries[firstIndex].time < time
  }

  /// Adds a packet behind all others. Its storage is taken; what comes back is to be filled anew.
  ///
  /// - Parameter isCuttable: whether units of which the packet is a part, or parts of it, may still come.
  mutating func append(_ trajectory: inout Trajectory, isWaiting: Bool, isCuttable: Bool) {
    let row = trajectory.hops[0].observation
    let time = trajectory.hops.reduce(row.correctedTime) { min($0, $1.observation.correctedTime) }
    let position = departed + entries.count - firstIndex
    if isWaiting && row.identity != 0 && trajectory.part == nil {
      if latest.updateValue(position, forKey: row.identity) == nil {
        filter[Self.filterIndex(row.identity)] += 1
      }
    }
    if isWaiting && isCuttable { parts.insert(trajectory, at: position) }
    var stored = spare.popLast() ?? Trajectory()
    swap(&stored, &trajectory)
    entries.append(
      Entry(trajectory: stored, identity: row.identity, time: time, isWaiting: isWaiting))
  }

  private static func filterIndex(_ identity: UInt64) -> Int {
    Int(truncatingIfNeeded: identity) & (filterCount - 1)
  }

  /// Whether a packet of an identity is waiting.
  @inline(__always)
  func hasLatest(_ identity: UInt64) -> Bool {
    filter[Self.filterIndex(identity)] > 0 && latest[identity] != nil
  }

  /// When, in corrected time, the waiting packet of an identity passed a point.
  func latestTime(of identity: UInt64, at point: UInt16) -> Int64? {
    guard let position = latest[identity] else { return nil }
    return entries[position - departed + firstIndex].trajectory.hops.first {
      $0.observation.point == point
    }?.observation.correctedTime
  }

  /// Adds a late observation to the packet that waits for it; false if there is none.
  mutating func admit(
    _ row: Observation, translations: borrowing FlowTranslations
  ) -> Bool {
    guard let position = latest[row.identity] else { return false }
    let index = position - departed + firstIndex
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
      let index = position - departed + firstIndex
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
    swap(&entries[firstIndex].trajectory, &trajectory)
    spare.append(entries[firstIndex].trajectory)
    entries[firstIndex].trajectory = Trajectory()
    let entry = entries[firstIndex]
    if entry.isWaiting {
      if latest[entry.identity] == departed {
        latest[entry.identity] = nil
        filter[Self.filterIndex(entry.identity)] -= 1
      }
      parts.remove(trajectory, at: departed)
    }
    firstIndex += 1
    departed += 1
    if firstIndex > 1024 && firstIndex * 2 > entries.count {
      entries.removeFirst(firstIndex)
      firstIndex = 0
    }
    return entry.isWaiting
  }
}
