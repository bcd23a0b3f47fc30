import Packets

extension Observation {
  /// Whether the packet must not be routed: an end of it is link-local, unspecified or broadcast, or the
  /// destination is a multicast group of the link (RFC 4291, section 2.7; RFC 5771, section 4). Neighbour
  /// discovery between global addresses is told by its hop limit (RFC 4861, section 3.1).
  @inline(__always)
  var isLinkScoped: Bool {
    isIPv6 && transportProtocol == 58 && timeToLive == 255 || source.isLinkScoped
      || destination.isLinkScoped
      || destination.isLinkMulticast
  }
}

extension IPAddress {
  var isMulticast: Bool { isIPv4 ? v4Bits >> 28 == 0xe : high >> 56 == 0xff }

  /// Link-local, unspecified, loopback or limited broadcast.
  @inline(__always)
  var isLinkScoped: Bool {
    if isIPv4 { return v4Bits >> 16 == 0xa9fe || v4Bits == 0 || v4Bits == 0xffff_ffff }
    return high >> 54 == 0x3fa || high == 0 && low <= 1
  }

  /// 224.0.0.0/24, ff01::/16 and ff02::/16.
  @inline(__always)
  fileprivate var isLinkMulticast: Bool {
    isIPv4 ? v4Bits >> 8 == 0xe0_0000 : high >> 48 == 0xff02 || high >> 48 == 0xff01
  }
}
