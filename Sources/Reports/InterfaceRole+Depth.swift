import Topology

extension InterfaceRole {
  /// How far from a pod towards the wire.
  var depth: Int {
    switch self {
    case .pod: 0
    case .veth: 1
    case .bridge, .unknown: 2
    case .vtep: 3
    case .nic: 4
    }
  }
}
