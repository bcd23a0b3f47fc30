/// As those of a `PacketSummary`, which needs the whole decoding.
extension UsualPacket {
  /// The checksum of the innermost packet's TCP, UDP or ICMP.
  package func innerChecksum() -> ChecksumState {
    let offset = start + Self.transportOffset
    let end = start + Self.networkOffset + Int(length)
    guard end <= bytes.byteCount else { return .unknown }
    let segment = bytes.extracting(offset..<end)
    let ends = (IPAddress(v4: source), IPAddress(v4: destination), transportProtocol)
    return switch IPProtocol(rawValue: transportProtocol) {
    case .tcp: ChecksumState(of: segment, field: 16, isOptional: false, ends: ends)
    case .udp: ChecksumState(of: segment, field: 6, isOptional: true, ends: ends)
    default: ChecksumState(of: segment, field: 2, isOptional: false, ends: nil)
    }
  }

  /// The checksum of the outer UDP datagram of VXLAN; unknown unless the packet is encapsulated.
  package func outerChecksum() -> ChecksumState {
    let end = Self.networkOffset + Int(frame.networkUInt16(at: Self.networkOffset + 2))
    guard isEncapsulated, end <= bytes.byteCount else { return .unknown }
    return ChecksumState(
      of: bytes.extracting(Self.transportOffset..<end), field: 6, isOptional: true,
      ends: (
        IPAddress(v4: tunnelSource), IPAddress(v4: tunnelDestination), IPProtocol.udp.rawValue
      ))
  }
}
