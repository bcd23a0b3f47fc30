/// What a tunnel carries.
extension TunnelSummary {
  /// Whether a frame with an Ethernet header of its own is encapsulated.
  package var carriesEthernet: Bool { payloadType == EtherType.transparentEthernet.rawValue }

  /// Whether a bare IP packet is encapsulated.
  package var carriesIP: Bool {
    payloadType == EtherType.ipv4.rawValue || payloadType == EtherType.ipv6.rawValue
  }

  /// Whether the tunnel's header has a network identifier, be it 0.
  package var hasVNI: Bool {
    switch encapsulation {
    case .vxlan, .geneve, .nvgre: true
    case .vxlanGPE: flags & 0x08 != 0
    case .none, .gre, .erspan, .ipip, .sit, .ip6tnl, .flannelUDP, .wireGuard: false
    }
  }
}
