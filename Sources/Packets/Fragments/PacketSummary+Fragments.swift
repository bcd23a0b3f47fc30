extension PacketSummary {
  /// Whether the frame is, or may be, a fragment of a packet that encapsulates another: then
  /// `FragmentReassembly` knows more.
  package var mayBeOuterFragment: Bool {
    guard !tunnel.isFragment else { return true }
    guard network.isFragment, tunnel.depth == 0 else { return false }
    let kind = IPProtocol(rawValue: network.transportProtocol)
    switch kind {
    case .udp, .gre, .ipv4, .ipv6: return true
    // Only the first fragment shows what is behind them.
    default: return network.version == 6 && IPv6ExtensionHeader.isExtension(kind)
    }
  }
}
