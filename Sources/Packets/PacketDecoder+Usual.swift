extension PacketDecoder {
  /// The headers of a frame of the usual kind, if its packet is that `usualTransport` knows. Nil for any other
  /// frame, also for one of which too little was captured or that contradicts itself. Only asked where `isEthernet`.
  ///
  /// - Parameter originalLength: in bytes on the link; not less than what was captured.
  @inlinable @inline(__always)
  @_lifetime(copy bytes)
  package func usualPacket(in bytes: RawSpan, originalLength: UInt32) -> UsualPacket? {
    let frame = HeaderBytes(bytes, from: 0)
    guard frame.count >= UsualPacket.headersLength,
      Self.hasUsualHeader(frame, length: Int(originalLength))
    else { return nil }
    var inner = frame
    if frame.byte(at: UsualPacket.networkOffset + 9) == 17,
      options.vxlanPorts.contains(frame.networkUInt16(at: UsualPacket.transportOffset + 2))
    {
      guard hasUsualTunnel(frame) else { return nil }
      inner = HeaderBytes(bytes, from: UsualPacket.tunnelPayloadOffset)
      let length = Int(frame.networkUInt16(at: UsualPacket.transportOffset + 4)) - 16
      guard Self.hasUsualHeader(inner, length: length) else { return nil }
    }
    return UsualPacket(innermost: inner)
  }

  /// Whether Ethernet carries an IPv4 header without options, whole in `length` bytes, that is no fragment's.
  @inlinable @inline(__always)
  static func hasUsualHeader(_ bytes: HeaderBytes, length: Int) -> Bool {
    let network = UsualPacket.networkOffset
    let totalLength = Int(bytes.networkUInt16(at: network + 2))
    return bytes.networkUInt16(at: 12) == 0x0800
      && bytes.byte(at: network) == 0x45
      && bytes.networkUInt16(at: network + 6) & 0x3fff == 0
      && totalLength >= UsualPacket.headersLength - network
      && totalLength <= length - network
  }

  /// Whether what is UDP's to a port of VXLAN is a VXLAN of the usual kind, with as much of an encapsulated frame.
  @inlinable @inline(__always)
  func hasUsualTunnel(_ frame: HeaderBytes) -> Bool {
    frame.count >= UsualPacket.tunnelPayloadOffset + UsualPacket.headersLength
      && frame.networkUInt16(at: UsualPacket.transportOffset + 4)
        == frame.networkUInt16(at: UsualPacket.networkOffset + 2) &- 20
      && VXLANPacket.isStandard(frame.networkUInt64(at: UsualPacket.headersLength))
      // Congestion that the inner packet cannot tell of is worth a closer look.
      && frame.byte(at: UsualPacket.networkOffset + 1) & 3 != 3
      && maximumTunnelDepth > 0
  }

  /// What a packet of the usual kind carries, as `decode` says it, and quicker; nil for any other packet.
  @inlinable @inline(__always)
  package func usualTransport(of packet: borrowing UsualPacket) -> UsualTransport? {
    switch packet.transportProtocol {
    case 6: Self.usualSegment(packet.inner)
    case 17: Self.usualTransport(of: packet, usualDatagram(packet.inner))
    case 1: Self.usualTransport(of: packet, usualEcho(packet.inner))
    default: nil
    }
  }

  /// Of what is told by its payload's digest.
  @inlinable @inline(__always)
  static func usualTransport(
    of packet: borrowing UsualPacket, _ digested: UsualPacket.Digested?
  ) -> UsualTransport? {
    guard let digested else { return nil }
    return UsualTransport(
      identity: digested.identity, numbers: UInt64(digested.sequence),
      payloadLength: packet.length &- 28, tcpFlags: 0)
  }

  @inlinable @inline(__always)
  static func usualSegment(_ bytes: HeaderBytes) -> UsualTransport? {
    let offset = UsualPacket.transportOffset
    guard bytes.count >= offset + 20 else { return nil }
    let length = UInt32(bytes.networkUInt16(at: UsualPacket.networkOffset + 2)) &- 20
    let headerLength = UInt32(bytes.byte(at: offset + 12) >> 4) &* 4
    let flags = bytes.byte(at: offset + 13)
    let identification = bytes.networkUInt16(at: UsualPacket.networkOffset + 4)
    // What a connection opens with is looked at for its segment size.
    guard headerLength >= 20, headerLength <= length,
      bytes.count >= offset + Int(headerLength), flags & 0x02 == 0, identification != 0
    else { return nil }
    let sent = bytes.networkUInt64(at: offset + 4)
    let numbers = sent << 32 | sent >> 32
    let payloadLength = length &- headerLength
    return UsualTransport(
      identity: PacketDigest.identity(
        ofTCPSegment: identification, numbers: numbers, payloadLength: payloadLength,
        window: bytes.networkUInt16(at: offset + 14), flags: flags),
      numbers: numbers, payloadLength: payloadLength, tcpFlags: flags)
  }

  // Not inline: most packets are TCP's, whose way is shorter without what these two need.
  @usableFromInline @inline(never)
  func usualDatagram(_ bytes: HeaderBytes) -> UsualPacket.Digested? {
    let offset = UsualPacket.transportOffset
    let length = bytes.networkUInt16(at: UsualPacket.networkOffset + 2) &- 20
    let payload = bytes.payload
    let port = bytes.networkUInt16(at: offset + 2)
    guard bytes.networkUInt16(at: offset + 4) == length, !options.vxlanPorts.contains(port),
      payload.byteCount < VXLANPacket.headerLength
        || !VXLANPacket.isStandard(payload.networkUInt64(at: 0)),
      !options.hasTunnelPort(source: bytes.networkUInt16(at: offset), destination: port)
    else { return nil }
    return digested(bytes, payload, kind: 0, detail: 0)
  }

  @usableFromInline @inline(never)
  func usualEcho(_ bytes: HeaderBytes) -> UsualPacket.Digested? {
    let offset = UsualPacket.transportOffset
    let type = bytes.byte(at: offset)
    // Echo reply and echo (RFC 792).
    guard type & ~8 == 0 else { return nil }
    return digested(
      bytes, bytes.payload,
      kind: UInt64(type) << 16 | UInt64(bytes.byte(at: offset + 1)) << 24,
      detail: UInt64(bytes.networkUInt16(at: offset + 6)))
  }

  /// What is told by its payload's digest.
  @inline(always)
  private func digested(
    _ bytes: HeaderBytes, _ payload: RawSpan, kind: UInt64, detail: UInt64
  ) -> UsualPacket.Digested? {
    let number = bytes.byte(at: UsualPacket.networkOffset + 9)
    let identification = bytes.networkUInt16(at: UsualPacket.networkOffset + 4)
    let payloadLength = UInt32(bytes.networkUInt16(at: UsualPacket.networkOffset + 2)) &- 28
    let count = min(
      Int(payloadLength), options.digestLengths.length(protocol: number, version: 4))
    guard payload.byteCount >= count else { return nil }
    let digest = PacketDigest.digest(payload, count: count)
    return UsualPacket.Digested(
      identity: PacketDigest.identity(
        kind: UInt64(number) | 4 << 8 | UInt64(identification) << 32 | kind,
        detail: detail,
        size: UInt64(payloadLength) | UInt64(digest) << 32),
      sequence: digest &+ UInt32(truncatingIfNeeded: detail))
  }
}

extension UsualPacket {
  /// What tells a packet by its payload.
  @usableFromInline struct Digested: BitwiseCopyable {
    @usableFromInline let identity: UInt64
    /// The digest, to which ICMP's sequence number is added.
    @usableFromInline let sequence: UInt32
  }
}

extension HeaderBytes {
  /// What was captured behind UDP's or ICMP's header, which are of the same length.
  fileprivate var payload: RawSpan {
    @_lifetime(copy self)
    get { frame.extracting(droppingFirst: start + UsualPacket.headersLength) }
  }
}
