import Trajectories

/// What names a packet at its finest granularity on the way.
///
/// Of the hops that recorded just the packet the first one tells; where each recorded more than it, what
/// can be reckoned from the smallest unit.
struct FinestPacket {
  struct Fragment {
    var identification: UInt32
    /// In octets, and whether other fragments follow.
    var offset: Int
    var hasMore: Bool
  }

  /// Of IP; nil for IPv6, and for a part that no hop recorded alone.
  private(set) var identification: UInt16?
  /// Of TCP's first octet.
  private(set) var sequence: UInt32?
  /// IP total length in bytes.
  private(set) var length: UInt32
  private(set) var fragment: Fragment?

  init(_ trajectory: borrowing Trajectory) {
    var finest = 0
    for index in trajectory.hops.indices {
      if case .path = trajectory.hops[index].kind,
        trajectory.hops[index].observation.length < trajectory.hops[finest].observation.length
      {
        finest = index
      }
    }
    let row = trajectory.hops[finest].observation
    identification = row.isIPv6 ? nil : row.identification
    sequence = row.hasSequence ? row.sequence : nil
    length = row.length
    if row.isFragment {
      fragment = Fragment(
        identification: row.fragmentIdentification, offset: Int(row.fragmentOffset),
        hasMore: row.traits.contains(.hasMoreFragments))
    }
    guard let part = trajectory.part, let segment = part.segment(of: row) else { return }
    identification = nil
    sequence = row.hasSequence ? part.sequence : nil
    length = row.length - segment.unitLength + segment.length
    let fragmented = trajectory.hops.first { $0.observation.isFragment }?.observation
    if part.isFragment,
      let identification = part.fragmentIdentification ?? fragmented?.fragmentIdentification
    {
      let isLast = segment.offset + segment.length == segment.unitLength
      fragment = Fragment(
        identification: identification, offset: part.fragmentOffset,
        hasMore: fragment?.hasMore == true || !isLast)
    }
  }
}
