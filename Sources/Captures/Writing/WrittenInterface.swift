/// An interface as a pcapng describes it.
package struct WrittenInterface: Sendable {
  package var linkType: LinkType
  /// `if_name`, e.g. "node1/cni0".
  package var name: String?
  package var description: String?
  /// The capture filter's text, in libpcap's language (`if_filter`).
  package var filter: String?
  /// Bytes kept of each packet. libpcap opens only captures in which all interfaces have the same.
  package var snapshotLength = UInt32(CaptureWriter.maximumPacketLength)

  package init(linkType: LinkType, name: String? = nil, description: String? = nil) {
    self.linkType = linkType
    self.name = name
    self.description = description
  }
}

/// What a pcapng tells of a packet beside its bytes, if it is not nil.
package struct WrittenOptions: BitwiseCopyable, Sendable {
  /// The same for all records of one packet, at whichever interfaces (`epb_packetid`).
  package var packetIdentifier: UInt64?
  /// Packets lost between this and the interface's record before it (`epb_dropcount`).
  package var dropCount: UInt64?
  /// Direction and more (`epb_flags`).
  package var flags: UInt32?

  package init(packetIdentifier: UInt64? = nil, dropCount: UInt64? = nil, flags: UInt32? = nil) {
    self.packetIdentifier = packetIdentifier
    self.dropCount = dropCount
    self.flags = flags
  }
}

/// What is known of an interface at the end of its capture, if it is not nil.
package struct WrittenStatistics: Sendable {
  /// When this was known, nanoseconds since 1970.
  package var time: Int64
  /// When capturing began and ended, nanoseconds since 1970.
  package var startTime: Int64?
  package var endTime: Int64?
  /// Packets that came in, and those that the filter took.
  package var received: UInt64?
  package var accepted: UInt64?
  /// Packets dropped by the interface, and by the operating system.
  package var dropsByInterface: UInt64?
  package var dropsBySystem: UInt64?
  package var comment: String?

  package init(time: Int64) {
    self.time = time
  }
}
