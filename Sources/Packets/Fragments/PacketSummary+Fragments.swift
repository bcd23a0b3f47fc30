extension PacketSummary {
  /// Whether the frame is, or may be, a fragment of a packet that encapsulates another: then
  /// `FragmentReassembly` knows more.
  package var mayBeOuterFragment: Bool {
    guard !tunnel.isFragment else { return true }
    guard network.isFragment, tunnel.depth == 0 else { return false }
    switch IPProtocol(rawValue: network.transportProtocol) {
    case .udp, .gre, .ipv4, .ipv6: return true
    default: return false
    }
  }
}
