import Packets
import Trajectories

extension Encapsulation {
  /// As people write it.
  var title: String {
    switch self {
    case .none: "no tunnel"
    case .geneve: "Geneve"
    case .flannelUDP: "flannel UDP"
    case .wireGuard: "WireGuard"
    case .vxlan, .vxlanGPE, .gre, .nvgre, .erspan, .ipip, .sit, .ip6tnl: name.uppercased()
    }
  }

  /// Whether the tunnel's packets have UDP ports.
  var hasPorts: Bool {
    switch self {
    case .vxlan, .vxlanGPE, .geneve, .flannelUDP, .wireGuard: true
    case .none, .gre, .nvgre, .erspan, .ipip, .sit, .ip6tnl: false
    }
  }
}

extension Observation {
  /// The tunnel's network identifier, key or session; nil where it has none. GRE's key is optional,
  /// and its absence reads as 0.
  var networkIdentifier: UInt32? {
    switch encapsulation {
    case .vxlan, .vxlanGPE, .geneve, .nvgre, .erspan: vni
    case .gre: vni == 0 ? nil : vni
    case .none, .ipip, .sit, .ip6tnl, .flannelUDP, .wireGuard: nil
    }
  }
}
