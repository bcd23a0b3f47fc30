/// Whether rows that hold common octets are units of the same packets, by their IP identifications.
///
/// Segmentation offload gives the k-th segment of a unit with identification i the identification i + k,
/// and receive offload gives the glued unit that of its first segment. A retransmission has another. Without
/// identifications TCP's timestamp is left: all segments of a unit have the same one, and only those are glued.
struct UnitAgreement {
  /// What two rows say of each other.
  enum Verdict: Equatable {
    /// They are not of the same packets.
    case differ
    /// They carry no identifications: time decides.
    case unknown
    /// They agree, if the segments have so many octets each; what ends a unit fits several lengths, so
    /// that it does not tell them.
    case agree(segmentLength: Int?, isTelling: Bool)

    static let agree = Verdict.agree(segmentLength: nil, isTelling: false)
  }

  static func compare(
    _ one: Observation, at range: Range<Int>, with other: Observation, at otherRange: Range<Int>
  ) -> Verdict {
    if one.isIPv6 || one.identification == 0 && other.identification == 0 {
      return one.hasOtherTimestamp(than: other) ? .differ : .unknown
    }
    return range.lowerBound <= otherRange.lowerBound
      ? ordered(one, range, other, otherRange) : ordered(other, otherRange, one, range)
  }

  /// `first` begins before `second`, or where it does.
  private static func ordered(
    _ first: Observation, _ range: Range<Int>, _ second: Observation, _ secondRange: Range<Int>
  ) -> Verdict {
    let steps = Int(second.identification &- first.identification)
    let distance = secondRange.lowerBound - range.lowerBound
    if distance == 0 { return steps == 0 ? .agree : .differ }
    // Some senders give all segments of a unit one identification.
    if steps == 0 { return .agree }
    let (length, rest) = distance.quotientAndRemainder(dividingBy: steps)
    guard rest == 0, length > 0, length <= range.count else { return .differ }
    if secondRange.upperBound == range.upperBound {
      return .agree(segmentLength: length, isTelling: false)
    }
    // Both go on where one ends, so there all segments are full.
    let common = min(range.upperBound, secondRange.upperBound) - secondRange.lowerBound
    return common % length == 0 ? .agree(segmentLength: length, isTelling: true) : .differ
  }
}
