/// What identifies a packet on all its hops, whatever they change: a hash that leaves out addresses,
/// ports, ICMP identifier (translation), TTL, traffic class, checksums, MAC addresses (routing), TCP
/// options (MSS clamping) and, where there is payload, TCP flags (segmentation offload).
///
///     fragment     version, protocol, fragment identification, offset and flag, length
///     TCP          version, identification, sequence, acknowledgment, payload length,
///                  without payload SYN, RST, FIN and the window,
///                  else the payload digest where the identification is 0 (IPv6, or none given)
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
        if transport.payloadLength == 0 {
          size = UInt64(transport.window) << 32 | UInt64(transport.flags & 0x07) << 48
        } else if network.identification == 0 {
          size |= digest << 32
        }
      case .icmp, .icmpv6:
        kind |= UInt64(transport.icmpType) << 16 | UInt64(transport.icmpCode) << 24
        detail = UInt64(transport.icmpSequence)
        size |= digest << 32
      default:
        size |= digest << 32
      }
    }
    let state = PacketDigest.mix(kind ^ PacketDigest.seed0, detail ^ PacketDigest.seed1)
    let hash = PacketDigest.mix(state ^ PacketDigest.seed2, size ^ PacketDigest.seed3 ^ kind)
    identity = hash == 0 ? 1 : hash
  }
}
