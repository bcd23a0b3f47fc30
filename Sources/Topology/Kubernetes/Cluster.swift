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
    /// Those of them that were set by hand, for a node behind a translation: it does not send from them.
    package var translatedAddresses: [IPAddress] = []

    /// Whether flannel runs there: it published something.
    package var hasFlannel: Bool { !publicAddresses.isEmpty || !vtepMACs.isEmpty }
  }

  package private(set) var nodes: [Node] = []
  /// `namespace/name` of pods and services by address. Pods on the host's network have none of their own,
  /// and those that have ended none any more.
  package private(set) var names: [IPAddress: String] = [:]
  /// The nodes of the pods, by the pods' addresses.
  package private(set) var nodeOfPod: [IPAddress: String] = [:]
  /// Addresses of nodes, which name no pod, whatever pods on the host's network share them.
  private var hostAddresses: Set<IPAddress> = []

  package init() {}

  package func node(named name: String) -> Node? { nodes.first { $0.name == name } }

  /// The name of a pod, a service or a node.
  package func name(of address: IPAddress) -> String? {
    names[address] ?? nodes.first { $0.addresses.contains(address) }?.name
      ?? nodes.first { $0.publicAddresses.contains(address) }?.name
  }

  /// The same for all addresses that have a name.
  package var nameOfAddress: [IPAddress: String] {
    var all: [IPAddress: String] = [:]
    for node in nodes {
      for address in node.publicAddresses where all[address] == nil { all[address] = node.name }
    }
    for node in nodes { for address in node.addresses { all[address] = node.name } }
    return all.merging(names) { _, own in own }
  }

  /// The addresses of a pod, by `namespace/name`.
  package func podAddresses(named name: String) -> [IPAddress] {
    nodeOfPod.keys.filter { names[$0] == name }.sorted()
  }

  mutating func insert(_ node: Node) {
    nodes.removeAll { $0.name == node.name }
    nodes.append(node)
    node.addresses.forEach { reserveForHost($0) }
  }

  mutating func insert(_ name: String, at address: IPAddress, node: String? = nil) {
    guard !hostAddresses.contains(address) else { return }
    names[address] = name
    if let node { nodeOfPod[address] = node }
  }

  /// Whatever the order in which objects come, an address of a host is no pod's.
  mutating func reserveForHost(_ address: IPAddress) {
    hostAddresses.insert(address)
    names[address] = nil
    nodeOfPod[address] = nil
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
