/// An interface that a capture's records belong to: pcap has one, pcapng any number.
package struct CaptureInterface: Sendable {
  package var linkType: LinkType
  /// Name (`if_name`), e.g. "cni0" or "node1/cni0"; nil in pcap.
  package var name: String?
  package var description: String?
  /// Bytes kept of each packet; 0 for no limit.
  package var snapshotLength: UInt32
  /// Smallest step of the timestamps in nanoseconds (1 for anything finer).
  package var timestampResolution: Int64
  /// The capture filter's text (`if_filter`), if it was recorded.
  package var filter: String?
  /// Whether the filter applies to the innermost packet, also in a tunnel: so `vxhop capture` filters.
  package var filtersInnerPackets = false
  /// From the interface statistics block: packets that came in at the interface since capturing began (ifrecv),
  /// and those of them that the filter took (filteraccept); nil if not recorded.
  package var received: UInt64?
  package var accepted: UInt64?
  /// From the interface statistics block: packets dropped by the interface (ifdrop), and by the operating
  /// system (osdrop); nil if not recorded.
  package var dropsByInterface: UInt64?
  package var dropsBySystem: UInt64?
  /// From the interface statistics block: when it was written, and when capturing began and ended,
  /// nanoseconds since 1970.
  package var statisticsTime: Int64?
  package var startTime: Int64?
  package var endTime: Int64?

  /// All packets dropped; nil if none of the counts were recorded.
  package var drops: UInt64? {
    guard dropsByInterface != nil || dropsBySystem != nil else { return nil }
    let (sum, overflow) = (dropsByInterface ?? 0).addingReportingOverflow(dropsBySystem ?? 0)
    return overflow ? .max : sum
  }
}

/// LINKTYPE_ number of the capture formats (draft-ietf-opsawg-pcaplinktype).
@usableFromInline package struct LinkType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package let rawValue: UInt16

  @inlinable package init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  // As plain numbers: what the protocols bring along calls into this module for each frame.
  @inlinable package static func == (one: LinkType, other: LinkType) -> Bool {
    one.rawValue == other.rawValue
  }

  @inlinable package static var ethernet: LinkType { LinkType(rawValue: 1) }
  @inlinable package static var rawIP: LinkType { LinkType(rawValue: 101) }
  @inlinable package static var linuxCooked: LinkType { LinkType(rawValue: 113) }
  @inlinable package static var ipv4: LinkType { LinkType(rawValue: 228) }
  @inlinable package static var ipv6: LinkType { LinkType(rawValue: 229) }
  @inlinable package static var linuxCooked2: LinkType { LinkType(rawValue: 276) }
}
