/// An IPv4 packet as nearly all frames hold one: TCP, UDP or an ICMP echo, not fragmented, with an
/// identification where that tells TCP segments apart, on plain Ethernet or in one VXLAN over IPv4.
///
/// Says what `PacketSummary` says of such a frame and no more, so that it can be filled in a few
/// instructions. `PacketDecoder.decodeUsual` leaves all other frames to `decode`. Fields that a row of
/// observations has, too, stand in the same order here: several are copied at once.
package struct UsualPacket: BitwiseCopyable, Sendable {
  /// As `PacketSummary.identity`.
  package var identity: UInt64 = 0
  /// MAC addresses of the innermost Ethernet header; 48 bits.
  package var linkDestination: UInt64 = 0
  package var linkSource: UInt64 = 0
  /// The bits of IPv4 addresses.
  package var source: UInt32 = 0
  package var destination: UInt32 = 0
  package var tunnelSource: UInt32 = 0
  package var tunnelDestination: UInt32 = 0
  /// IP total length in bytes.
  package var length: UInt32 = 0
  /// Bytes behind the transport header.
  package var payloadLength: UInt32 = 0
  /// TCP's, else the digest of the payload, to which ICMP's is added.
  package var sequence: UInt32 = 0
  /// 0 unless TCP.
  package var acknowledgment: UInt32 = 0
  package var vni: UInt32 = 0
  package var identification: UInt16 = 0
  /// 0 for ICMP.
  package var sourcePort: UInt16 = 0
  package var destinationPort: UInt16 = 0
  /// 0 unless ICMP.
  package var icmpIdentifier: UInt16 = 0
  package var tunnelSourcePort: UInt16 = 0
  package var tunnelDestinationPort: UInt16 = 0
  package var tunnelIdentification: UInt16 = 0
  /// Bytes of the encapsulated frame on the wire.
  package var tunnelPayloadLength: UInt16 = 0
  package var timeToLive: UInt8 = 0
  package var trafficClass: UInt8 = 0
  /// IANA protocol number: 1, 6 or 17.
  package var transportProtocol: UInt8 = 0
  /// 0 unless TCP.
  package var tcpFlags: UInt8 = 0
  package var isEncapsulated = false

  package init() {}

  /// Bytes of the captured frame before the payload, behind the transport header.
  package var payloadOffset: Int {
    (isEncapsulated ? Self.tunnelPayloadOffset : 0) + EthernetFrame.headerLength
      + Int(length &- payloadLength)
  }

  /// Where in the captured frame the encapsulated one begins.
  package static let tunnelPayloadOffset =
    EthernetFrame.headerLength + IPv4Packet.minimumHeaderLength + UDPDatagram.headerLength
    + VXLANPacket.headerLength
}

extension PacketDecoder {
  // All headers but TCP's have one length each, so that offsets are constants. In bytes.
  private static let networkOffset = EthernetFrame.headerLength
  private static let transportOffset = networkOffset + IPv4Packet.minimumHeaderLength
  private static let vxlanOffset = transportOffset + UDPDatagram.headerLength
  private static let innerOffset = UsualPacket.tunnelPayloadOffset

  /// Fills `packet` from a frame of the usual kind: as `decode` would, and quicker. False for any other
  /// frame, also for one of which too little was captured or that contradicts itself; `packet` is
  /// meaningless then.
  package func decodeUsual(
    _ frame: borrowing RawSpan, originalLength: UInt32, into packet: inout UsualPacket
  ) -> Bool {
    guard isEthernet, frame.byteCount >= Self.vxlanOffset else { return false }
    let bytes = copy frame
    let length = max(Int(originalLength), bytes.byteCount)
    guard Self.hasUsualHeader(bytes, at: 0, length: length) else { return false }
    guard bytes.byte(at: Self.networkOffset + 9) == IPProtocol.udp.rawValue,
      options.vxlanPorts.contains(bytes.networkUInt16(at: Self.transportOffset + 2))
    else {
      packet.isEncapsulated = false
      return fill(&packet, bytes, at: 0)
    }
    guard bytes.byteCount >= Self.innerOffset + Self.vxlanOffset,
      bytes.networkUInt16(at: Self.transportOffset + 4)
        == bytes.networkUInt16(at: Self.networkOffset + 2)
        &- UInt16(IPv4Packet.minimumHeaderLength),
      VXLANPacket.isStandard(bytes.networkUInt64(at: Self.vxlanOffset)),
      // Congestion that the inner packet cannot tell of is worth a closer look.
      bytes.byte(at: Self.networkOffset + 1) & 3 != 3,
      maximumTunnelDepth > 0
    else { return false }
    let innerLength =
      Int(bytes.networkUInt16(at: Self.transportOffset + 4))
      - UDPDatagram.headerLength - VXLANPacket.headerLength
    guard Self.hasUsualHeader(bytes, at: Self.innerOffset, length: innerLength) else {
      return false
    }
    packet.isEncapsulated = true
    packet.tunnelSource = bytes.networkUInt32(at: Self.networkOffset + 12)
    packet.tunnelDestination = bytes.networkUInt32(at: Self.networkOffset + 16)
    packet.tunnelIdentification = bytes.networkUInt16(at: Self.networkOffset + 4)
    packet.tunnelSourcePort = bytes.networkUInt16(at: Self.transportOffset)
    packet.tunnelDestinationPort = bytes.networkUInt16(at: Self.transportOffset + 2)
    packet.tunnelPayloadLength = UInt16(truncatingIfNeeded: innerLength)
    packet.vni = bytes.networkUInt32(at: Self.vxlanOffset + 4) >> 8
    return fill(&packet, bytes, at: Self.innerOffset)
  }

  /// Whether Ethernet carries an IPv4 header without options, whole in `length` bytes from `start` on, that
  /// is no fragment's. The bytes up to the transport's must be there.
  @inline(always)
  private static func hasUsualHeader(_ bytes: RawSpan, at start: Int, length: Int) -> Bool {
    let network = start + networkOffset
    let totalLength = Int(bytes.networkUInt16(at: network + 2))
    return bytes.networkUInt16(at: start + 12) == EtherType.ipv4.rawValue
      && bytes.byte(at: network) == 0x45
      && bytes.networkUInt16(at: network + 6) & 0x3fff == 0
      && totalLength >= IPv4Packet.minimumHeaderLength + UDPDatagram.headerLength
      && totalLength <= length - networkOffset
  }

  /// Fills in the innermost headers, whose Ethernet header is at `start`.
  @inline(always)
  private func fill(_ packet: inout UsualPacket, _ bytes: RawSpan, at start: Int) -> Bool {
    let network = start + Self.networkOffset
    let length = UInt32(bytes.networkUInt16(at: network + 2))
    packet.linkDestination = bytes.networkUInt64(at: start) >> 16
    packet.linkSource = bytes.networkUInt64(at: start + 6) >> 16
    packet.trafficClass = bytes.byte(at: network + 1)
    packet.length = length
    packet.identification = bytes.networkUInt16(at: network + 4)
    packet.timeToLive = bytes.byte(at: network + 8)
    packet.transportProtocol = bytes.byte(at: network + 9)
    packet.source = bytes.networkUInt32(at: network + 12)
    packet.destination = bytes.networkUInt32(at: network + 16)
    let transportLength = length &- UInt32(IPv4Packet.minimumHeaderLength)
    let transport = start + Self.transportOffset
    switch IPProtocol(rawValue: packet.transportProtocol) {
    case .tcp: return fillTCP(&packet, bytes, at: transport, length: transportLength)
    case .udp: return fillUDP(&packet, bytes, at: transport, length: transportLength)
    case .icmp: return fillICMP(&packet, bytes, at: transport, length: transportLength)
    default: return false
    }
  }

  @inline(always)
  private func fillTCP(
    _ packet: inout UsualPacket, _ bytes: RawSpan, at offset: Int, length: UInt32
  ) -> Bool {
    guard bytes.byteCount >= offset + TCPSegment.minimumHeaderLength else { return false }
    let headerLength = UInt32(bytes.byte(at: offset + 12) >> 4) &* 4
    let flags = bytes.byte(at: offset + 13)
    // What a connection opens with is looked at for its segment size.
    guard headerLength >= TCPSegment.minimumHeaderLength, headerLength <= length,
      bytes.byteCount >= offset + Int(headerLength), flags & 0x02 == 0, packet.identification != 0
    else { return false }
    packet.sourcePort = bytes.networkUInt16(at: offset)
    packet.destinationPort = bytes.networkUInt16(at: offset + 2)
    packet.icmpIdentifier = 0
    packet.sequence = bytes.networkUInt32(at: offset + 4)
    packet.acknowledgment = bytes.networkUInt32(at: offset + 8)
    packet.tcpFlags = flags
    packet.payloadLength = length &- headerLength
    packet.identity = PacketDigest.identity(
      ofTCPSegment: packet.identification, sequence: packet.sequence,
      acknowledgment: packet.acknowledgment, payloadLength: packet.payloadLength,
      window: bytes.networkUInt16(at: offset + 14), flags: flags)
    return true
  }

  // Not inline: most packets are TCP's, whose way is shorter without what these two need.
  @inline(never)
  private func fillUDP(
    _ packet: inout UsualPacket, _ bytes: RawSpan, at offset: Int, length: UInt32
  ) -> Bool {
    let payload = bytes.extracting(droppingFirst: offset + UDPDatagram.headerLength)
    let port = bytes.networkUInt16(at: offset + 2)
    guard UInt32(bytes.networkUInt16(at: offset + 4)) == length, !options.vxlanPorts.contains(port),
      payload.byteCount < VXLANPacket.headerLength
        || !VXLANPacket.isStandard(payload.networkUInt64(at: 0)),
      !options.hasTunnelPort(source: bytes.networkUInt16(at: offset), destination: port)
    else { return false }
    packet.sourcePort = bytes.networkUInt16(at: offset)
    packet.destinationPort = port
    packet.icmpIdentifier = 0
    packet.payloadLength = length &- UInt32(UDPDatagram.headerLength)
    return finish(&packet, payload, kind: 0, detail: 0)
  }

  @inline(never)
  private func fillICMP(
    _ packet: inout UsualPacket, _ bytes: RawSpan, at offset: Int, length: UInt32
  ) -> Bool {
    let type = bytes.byte(at: offset)
    // Echo reply and echo (RFC 792).
    guard type & ~8 == 0 else { return false }
    packet.sourcePort = 0
    packet.destinationPort = 0
    packet.icmpIdentifier = bytes.networkUInt16(at: offset + 4)
    packet.payloadLength = length &- UInt32(ICMPMessage.headerLength)
    return finish(
      &packet, bytes.extracting(droppingFirst: offset + ICMPMessage.headerLength),
      kind: UInt64(type) << 16 | UInt64(bytes.byte(at: offset + 1)) << 24,
      detail: UInt64(bytes.networkUInt16(at: offset + 6)))
  }

  /// What is told by its payload's digest.
  @inline(always)
  private func finish(
    _ packet: inout UsualPacket, _ payload: RawSpan, kind: UInt64, detail: UInt64
  ) -> Bool {
    let limit = options.digestLengths.length(protocol: packet.transportProtocol, version: 4)
    let count = min(Int(packet.payloadLength), limit)
    guard payload.byteCount >= count else { return false }
    let digest = PacketDigest.digest(payload, count: count)
    packet.sequence = digest &+ UInt32(truncatingIfNeeded: detail)
    packet.acknowledgment = 0
    packet.tcpFlags = 0
    packet.identity = PacketDigest.identity(
      kind: UInt64(packet.transportProtocol) | 4 << 8 | UInt64(packet.identification) << 32 | kind,
      detail: detail,
      size: UInt64(packet.payloadLength) | UInt64(digest) << 32)
    return true
  }
}
