/// The kind of a tunnel, by the names that Linux gives its devices where it has one.
@usableFromInline package enum Encapsulation: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case none = 0
  case vxlan = 1
  case vxlanGPE = 2
  case geneve = 3
  case gre = 4
  case nvgre = 5
  case erspan = 6
  /// IPv4 in IPv4.
  case ipip = 7
  /// IPv6 in IPv4.
  case sit = 8
  /// IPv4 or IPv6 in IPv6.
  case ip6tnl = 9
  /// Bare IP in UDP: flannel's `udp` backend.
  case flannelUDP = 10
  case wireGuard = 11

  /// As reports write it.
  package var name: String {
    switch self {
    case .none: "none"
    case .vxlan: "vxlan"
    case .vxlanGPE: "vxlan-gpe"
    case .geneve: "geneve"
    case .gre: "gre"
    case .nvgre: "nvgre"
    case .erspan: "erspan"
    case .ipip: "ipip"
    case .sit: "sit"
    case .ip6tnl: "ip6tnl"
    case .flannelUDP: "flannel-udp"
    case .wireGuard: "wireguard"
    }
  }
}
