/// Transport checksums: read only where somebody asks, since they need every byte of the packet.
extension PacketSummary {
  /// The checksum of the innermost packet's TCP, UDP, ICMP or ICMPv6.
  package func innerChecksum(in frame: borrowing RawSpan) -> ChecksumState {
    guard !network.isFragment, transport.isHeaderComplete else { return .unknown }
    let number = network.transportProtocol
    let field: Int
    switch IPProtocol(rawValue: number) {
    case .tcp: field = 16
    case .udp: field = 6
    case .icmp, .icmpv6: field = 2
    default: return .unknown
    }
    let start = Int(network.offset) + networkHeaderLength(in: frame)
    let end = Int(network.offset) + Int(network.length)
    guard start + field + 2 <= end, end <= frame.byteCount, transportFollowsHeader(in: frame) else {
      return .unknown
    }
    let hasPseudoHeader = number != IPProtocol.icmp.rawValue
    return ChecksumState(
      of: frame.extracting(droppingFirst: start).extracting(first: end - start), field: field,
      isOptional: number == IPProtocol.udp.rawValue && network.version == 4,
      ends: hasPseudoHeader ? (network.source, network.destination, number) : nil)
  }

  /// The checksum of the outer UDP datagram of VXLAN.
  package func outerChecksum(in frame: borrowing RawSpan) -> ChecksumState {
    guard tunnel.encapsulation == .vxlan, tunnel.depth == 1, !tunnel.isFragment, link.hasEthernet
    else { return .unknown }
    let start = Int(link.ethernetOffset) - VXLANPacket.headerLength - UDPDatagram.headerLength
    guard start >= 0, start + UDPDatagram.headerLength <= frame.byteCount else { return .unknown }
    let bytes = frame.extracting(droppingFirst: start)
    let length = Int(bytes.networkUInt16(at: 4))
    guard length >= UDPDatagram.headerLength, length <= bytes.byteCount else { return .unknown }
    return ChecksumState(
      of: bytes.extracting(first: length), field: 6, isOptional: true,
      ends: (tunnel.source, tunnel.destination, IPProtocol.udp.rawValue))
  }

  /// In bytes, without IPv6's extension headers.
  func networkHeaderLength(in frame: borrowing RawSpan) -> Int {
    guard network.version == 4, Int(network.offset) < frame.byteCount else {
      return IPv6Packet.headerLength
    }
    return Int(frame.byte(at: Int(network.offset)) & 0x0f) * 4
  }

  /// Whether no extension header stands between the IP header and the transport header.
  func transportFollowsHeader(in frame: borrowing RawSpan) -> Bool {
    let nextHeader = Int(network.offset) + 6
    return network.version == 4
      || nextHeader < frame.byteCount && frame.byte(at: nextHeader) == network.transportProtocol
  }
}
