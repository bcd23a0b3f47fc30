/// What identifies a packet on all its hops, whatever they change: a hash that leaves out addresses,
/// ports, ICMP identifier (translation), TTL, traffic class, checksums, MAC addresses (routing), TCP
/// options (MSS clamping) and, where there is payload, TCP flags (segmentation offload).
///
///     fragment     version, protocol, fragment identification, offset and flag, length
///     TCP          version, identification, sequence, acknowledgment, payload length,
///                  without payload SYN, RST, FIN and the window;
///                  where the identification is 0 (IPv6, or none given) also the payload digest, or
///                  without payload the length (of which no hop takes options), but for a SYN
///     UDP          version, identification, payload length and digest
///     ICMP         version, identification, type, code, sequence, payload length and digest
///     other        version, protocol, identification, length and digest of what follows the IP header
///                  (for SCTP its common header: that holds ports and a checksum over them)
extension PacketSummary {
  /// Sets `identity`, never to 0. Needs `network` and `transport` up to the payload's length.
  @inline(always)
  mutating func setIdentity() {
    let digest = UInt64(transport.payloadDigest)
    var kind = UInt64(network.transportProtocol) | UInt64(network.version) << 8
    var detail: UInt64 = 0
    var size = UInt64(transport.payloadLength)
    if network.isFragment {
      kind |= 1 << 16 | (network.moreFragments ? 1 << 17 : 0)
      kind |= UInt64(network.fragmentOffset) << 32
      detail = UInt64(network.fragmentIdentification)
      size = UInt64(network.length)
    } else {
      kind |= UInt64(network.identification) << 32
      switch IPProtocol(rawValue: network.transportProtocol) {
      case .tcp:
        detail = UInt64(transport.sequence) | UInt64(transport.acknowledgment) << 32
        size = PacketDigest.size(
          ofTCPSegment: transport.payloadLength, window: transport.window, flags: transport.flags)
        if network.identification == 0 {
          if transport.payloadLength != 0 {
            size |= digest << 32
          } else if transport.flags & 0x02 == 0 {
            size |= UInt64(network.length)
          }
        }
      case .icmp, .icmpv6:
        kind |= UInt64(transport.icmpType) << 16 | UInt64(transport.icmpCode) << 24
        detail = UInt64(transport.icmpSequence)
        size |= digest << 32
      default:
        size |= digest << 32
      }
    }
    identity = PacketDigest.identity(kind: kind, detail: detail, size: size)
  }
}

extension PacketDigest {
  /// Never 0.
  @inlinable @inline(always)
  static func identity(kind: UInt64, detail: UInt64, size: UInt64) -> UInt64 {
    let state = mix(kind ^ seed0, detail ^ seed1)
    let hash = mix(state ^ seed2, size ^ seed3 ^ kind)
    return hash == 0 ? 1 : hash
  }

  /// That of a TCP segment over IPv4 with an identification other than 0.
  ///
  /// - Parameter numbers: the acknowledgment number and, in the lower half, the sequence number.
  @inlinable @inline(always)
  static func identity(
    ofTCPSegment identification: UInt16, numbers: UInt64, payloadLength: UInt32, window: UInt16,
    flags: UInt8
  ) -> UInt64 {
    identity(
      kind: 6 | 4 << 8 | UInt64(identification) << 32,
      detail: numbers,
      size: size(ofTCPSegment: payloadLength, window: window, flags: flags))
  }

  /// A segment without payload is told by its window and by SYN, RST and FIN as well.
  @inlinable @inline(always)
  static func size(ofTCPSegment payloadLength: UInt32, window: UInt16, flags: UInt8) -> UInt64 {
    // Nothing foretells which segments have none: counted instead of branched.
    let isEmpty = UInt64(bitPattern: (Int64(payloadLength) &- 1) >> 63)
    return UInt64(payloadLength) | (UInt64(window) << 32 | UInt64(flags & 0x07) << 48) & isEmpty
  }
}
