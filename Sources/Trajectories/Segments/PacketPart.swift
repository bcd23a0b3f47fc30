/// The part of a unit that is one packet at its finest granularity on the way.
package struct PacketPart: Sendable {
  package let space: PayloadSpace
  /// Positions in the space.
  package let range: Range<Int>

  /// Octets of payload.
  package var length: UInt32 { UInt32(range.count) }
  /// The sequence number of the first octet.
  package var sequence: UInt32 { space.sequence(at: range.lowerBound) }
  /// For fragments: where the part begins in the payload of the fragmented packet, in octets.
  package var fragmentOffset: Int { range.lowerBound }
  /// What all fragments of an IPv4 packet have in common; nil for IPv6, whose fragments a node that cuts them
  /// anew gives another one.
  package var fragmentIdentification: UInt32? { space.fragmentIdentification }
  package var isFragment: Bool { space.kind == .fragments }

  /// Where a part lies in the unit that a hop recorded, in octets of payload.
  package struct Segment: Equatable, Sendable {
    package let offset: UInt32
    package let length: UInt32
    /// Payload of the whole unit.
    package let unitLength: UInt32
  }

  /// The place of the part in a row that holds more than it; nil if the row is just the part.
  package func segment(of row: Observation) -> Segment? {
    guard let unit = space.range(of: row), unit != range else { return nil }
    return Segment(
      offset: UInt32(truncatingIfNeeded: range.lowerBound - unit.lowerBound),
      length: UInt32(truncatingIfNeeded: range.count),
      unitLength: UInt32(truncatingIfNeeded: unit.count))
  }
}

extension Trajectory {
  /// The place of the packet in what a hop recorded, if that was more than the packet.
  package func segment(of hop: Hop) -> PacketPart.Segment? {
    part?.segment(of: hop.observation)
  }
}
