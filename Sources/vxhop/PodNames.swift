import Packets
import Topology

/// What a pod is named by on the command line: its address, or NAMESPACE/NAME.
enum PodNames {
  /// None for a name that neither the nodes' tables nor Kubernetes know.
  static func addresses(
    of word: String, on nodes: [NodeSnapshot], _ cluster: Cluster?
  ) -> [IPAddress] {
    if let address = IPAddress(word) { return [address] }
    let pod = PodIdentity(word)
    let addresses = nodes.flatMap { $0.addresses(of: pod) }
    return addresses.isEmpty ? cluster?.podAddresses(named: pod.qualifiedName) ?? [] : addresses
  }
}
