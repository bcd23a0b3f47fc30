/// An IPv4 packet as nearly all frames hold one: TCP, UDP or an ICMP echo, not fragmented, with an
/// identification where that tells TCP segments apart, on plain Ethernet or in one VXLAN over IPv4.
///
/// A view of the frame's headers that says what `PacketSummary` says of such a packet and no more, so that it is
/// made in a few instructions: see `PacketDecoder.usualPacket` and, for what it carries, `usualTransport`, which
/// leave all other frames to `decode`.
@usableFromInline package struct UsualPacket: ~Escapable, BitwiseCopyable {
  // All headers but TCP's have one length each, so that offsets from an Ethernet header's start are constants.
  // In bytes.
  @inlinable static var networkOffset: Int { 14 }
  @inlinable static var transportOffset: Int { 34 }
  /// Up to UDP's or ICMP's payload.
  @inlinable static var headersLength: Int { 42 }
  /// Where in the captured frame the encapsulated one begins.
  @inlinable package static var tunnelPayloadOffset: Int { 50 }

  /// The captured frame: at least `headersLength` from the innermost Ethernet header on.
  @usableFromInline let bytes: RawSpan
  /// Where that is: 0 unless the packet is encapsulated.
  @usableFromInline let start: Int

  @inlinable @inline(__always)
  @_lifetime(copy inner)
  init(innermost inner: HeaderBytes) {
    bytes = inner.frame
    start = inner.start
  }

  @inlinable package var isEncapsulated: Bool { start != 0 }

  @inlinable var frame: HeaderBytes {
    @_lifetime(copy self)
    get { HeaderBytes(bytes, from: 0) }
  }

  @inlinable var inner: HeaderBytes {
    @_lifetime(copy self)
    get { HeaderBytes(bytes, from: start) }
  }
}

/// The innermost headers.
extension UsualPacket {
  /// MAC addresses; 48 bits.
  @inlinable package var linkDestination: UInt64 { inner.networkUInt64(at: 0) >> 16 }
  @inlinable package var linkSource: UInt64 { inner.networkUInt64(at: 6) >> 16 }
  /// The bits of IPv4 addresses.
  @inlinable package var source: UInt32 { inner.networkUInt32(at: Self.networkOffset + 12) }
  @inlinable package var destination: UInt32 { inner.networkUInt32(at: Self.networkOffset + 16) }
  /// IP total length in bytes.
  @inlinable package var length: UInt32 {
    UInt32(inner.networkUInt16(at: Self.networkOffset + 2))
  }
  @inlinable package var identification: UInt16 { inner.networkUInt16(at: Self.networkOffset + 4) }
  @inlinable package var timeToLive: UInt8 { inner.byte(at: Self.networkOffset + 8) }
  @inlinable package var trafficClass: UInt8 { inner.byte(at: Self.networkOffset + 1) }
  /// IANA protocol number: 1, 6 or 17.
  @inlinable package var transportProtocol: UInt8 { inner.byte(at: Self.networkOffset + 9) }
  /// ICMP has none.
  @inlinable package var hasPorts: Bool { transportProtocol != 1 }
  /// The source port and, in the lower half, the destination port; meaningless for ICMP.
  @inlinable package var ports: UInt32 { inner.networkUInt32(at: Self.transportOffset) }
  /// Meaningless unless ICMP.
  @inlinable package var icmpIdentifier: UInt16 {
    inner.networkUInt16(at: Self.transportOffset + 4)
  }

  /// Bytes of the frame that were captured behind the transport header.
  ///
  /// - Parameter length: of the payload.
  @inlinable package func capturedPayload(ofLength length: UInt32) -> Int {
    inner.count - Self.networkOffset - Int(self.length &- length)
  }
}

/// The headers of the tunnel; meaningless unless the packet is encapsulated.
extension UsualPacket {
  @inlinable package var tunnelSource: UInt32 { frame.networkUInt32(at: Self.networkOffset + 12) }
  @inlinable package var tunnelDestination: UInt32 {
    frame.networkUInt32(at: Self.networkOffset + 16)
  }
  @inlinable package var tunnelIdentification: UInt16 {
    frame.networkUInt16(at: Self.networkOffset + 4)
  }
  @inlinable package var tunnelSourcePort: UInt16 { frame.networkUInt16(at: Self.transportOffset) }
  @inlinable package var tunnelDestinationPort: UInt16 {
    frame.networkUInt16(at: Self.transportOffset + 2)
  }
  @inlinable package var vni: UInt32 { frame.networkUInt32(at: Self.headersLength + 4) >> 8 }
  /// Bytes of the encapsulated frame on the wire.
  @inlinable package var tunnelPayloadLength: UInt16 {
    // UDP's length less the headers of UDP and VXLAN.
    frame.networkUInt16(at: Self.transportOffset + 4) &- 16
  }
}

/// What tells one packet of the usual kind from another, and what it carries.
@usableFromInline package struct UsualTransport: BitwiseCopyable {
  /// As `PacketSummary.identity`.
  @usableFromInline package let identity: UInt64
  /// TCP's acknowledgment number, else 0; and in the lower half its sequence number, else the digest of the
  /// payload, to which ICMP's sequence number is added.
  @usableFromInline package let numbers: UInt64
  /// Bytes behind the transport header.
  @usableFromInline package let payloadLength: UInt32
  /// 0 unless TCP.
  @usableFromInline package let tcpFlags: UInt8

  @inlinable @inline(__always)
  init(identity: UInt64, numbers: UInt64, payloadLength: UInt32, tcpFlags: UInt8) {
    self.identity = identity
    self.numbers = numbers
    self.payloadLength = payloadLength
    self.tcpFlags = tcpFlags
  }
}
