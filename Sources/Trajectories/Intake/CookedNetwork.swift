import Packets
import Topology

/// How a node's pods and tunnels are joined, as far as a LINUX_SLL capture shows it.
struct CookedNetwork: Sendable {
  /// Tunnel addresses kept at the most.
  private static let addressLimit = 1024

  private(set) var hasTunnel = false
  /// Whether packets came out of a pod's veth into a bridge.
  var hasBridge = false
  /// Addresses behind the node's own interfaces to pods; as many as are told apart.
  var pods: Set<IPAddress> = []
  /// Of the tunnels' ends: addresses of nodes.
  private(set) var tunnelAddresses: Set<IPAddress> = []

  /// Behind a VXLAN device, pods without a bridge are routed ones, as Calico's are.
  var isBridged: Bool { hasBridge || !hasTunnel }

  /// Through what a node hands on packets to its pods; as long as nothing shows it, no interface is made up.
  var podSide: InterfaceRole { hasBridge ? .bridge : hasTunnel ? .veth : .nic }

  mutating func noteTunnel(_ tunnel: inout TunnelSummary) {
    hasTunnel = true
    guard tunnelAddresses.count < Self.addressLimit else { return }
    tunnelAddresses.insert(tunnel.source)
    tunnelAddresses.insert(tunnel.destination)
  }
}
