package import Packets

/// Pods, services and nodes of a Kubernetes cluster at one time, as far as packets can be told by them.
package struct Cluster: Sendable, Equatable {
  /// A node and what flannel published about it.
  package struct Node: Sendable, Equatable {
    package var name: String
    package var addresses: [IPAddress] = []
    /// Networks that the node's pods have their addresses from.
    package var podNetworks: [AddressPrefix] = []
    /// MAC addresses of its VXLAN devices, of IPv4 and of IPv6.
    package var vtepMACs: [MACAddress] = []
    /// Addresses that the others send VXLAN to.
    package var publicAddresses: [IPAddress] = []
  }

  package private(set) var nodes: [Node] = []
  /// `namespace/name` of pods and services by address. Pods on the host's network have none of their own,
  /// and those that have ended none any more.
  package private(set) var names: [IPAddress: String] = [:]
  /// The nodes of the pods, by the pods' addresses.
  package private(set) var nodeOfPod: [IPAddress: String] = [:]

  package init() {}

  package func node(named name: String) -> Node? { nodes.first { $0.name == name } }

  /// The name of a pod, a service or a node.
  package func name(of address: IPAddress) -> String? {
    names[address] ?? nodes.first { $0.addresses.contains(address) }?.name
  }

  mutating func insert(_ node: Node) {
    nodes.removeAll { $0.name == node.name }
    nodes.append(node)
  }

  mutating func insert(_ name: String, at address: IPAddress, node: String? = nil) {
    names[address] = name
    if let node { nodeOfPod[address] = node }
  }

  /// The text with names in front of the addresses in it.
  package func named(_ text: String) -> String {
    guard !names.isEmpty || !nodes.isEmpty else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      let core = word.prefix { $0.isHexDigit || $0 == "." || $0 == ":" }
      let address =
        IPAddress(core)
        ?? core.lastIndex(of: ":").flatMap { IPAddress(core[..<$0]) }
        ?? IPAddress(core.dropLast())
      return address.flatMap(name(of:)).map { "\($0) \(word)" } ?? String(word)
    }.joined(separator: " ")
  }
}
