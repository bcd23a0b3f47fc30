/// Notices that units are cut or glued, so that the window must be indexed by octets.
///
/// Looks at packets that some point did not see: where nothing is segmented these are the lost ones.
struct UnitProbe {
  /// Rows behind the packet that are looked at.
  private static let reach = 1024
  /// Rows that may be looked at, on average, for each packet that was put together.
  private static let rowsPerPacket = 64
  private static let initialCredit = 1 << 16
  /// Lengths above Ethernet's usual MTU are often units.
  private static let usualLength = 1500

  private var credit = initialCredit

  /// Whether a packet, whose rows are `group`, shows it, or looking has become dearer than the index.
  ///
  /// - Parameter packets: put together so far.
  mutating func showsUnits(
    _ group: borrowing SlotList, packets: UInt64,
    in window: borrowing ObservationWindow
  ) -> Bool {
    let head = window[group[0]]
    guard UnitBlocks.key(of: head) != nil else { return false }
    if head.isFragment || head.length > Self.usualLength { return true }
    let count = min(Self.reach, window.count)
    credit -= count
    guard credit + Int(truncatingIfNeeded: packets) * Self.rowsPerPacket > 0 else { return true }
    let endpoints = window[key: group[0]].endpoints
    let isTranslated = group.indices.contains { window[key: group[$0]].endpoints != endpoints }
    return (0..<count).contains { place in
      let slot = window.slot(at: place)
      let other = window[key: slot].endpoints
      let isOfFlow =
        other == endpoints
        || isTranslated && group.indices.contains { window[key: group[$0]].endpoints == other }
      return isOfFlow && Self.isOtherUnit(window[slot], than: head)
    }
  }

  private static func isOtherUnit(_ row: Observation, than head: Observation) -> Bool {
    guard row.payloadLength != head.payloadLength else { return false }
    guard let space = PayloadSpace(sequenceOf: head) else {
      return row.isIdentifiedDatagram && row.identification == head.identification
    }
    guard let whole = space.range(of: head), let range = space.range(of: row),
      range.overlaps(whole)
    else { return false }
    return UnitAgreement.compare(head, at: whole, with: row, at: range) != .differ
  }
}
