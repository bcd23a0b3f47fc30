package import Packets

/// A pod by its names, as Kubernetes or the kubelet's files tell them.
package struct PodIdentity: Sendable, Equatable, Codable {
  package var namespace: String
  package var name: String
  package var uid: String?

  package init(namespace: String, name: String, uid: String? = nil) {
    self.namespace = namespace
    self.name = name
    self.uid = uid
  }

  /// `namespace/name`; a name alone is one of the namespace `default`.
  package init(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1)
    namespace = parts.count == 2 ? String(parts[0]) : "default"
    name = parts.last.map(String.init) ?? ""
  }

  package var qualifiedName: String { namespace + "/" + name }
}

extension NodeSnapshot {
  /// The pod that has an address on this node, if its namespace could be seen and it is named.
  package func pod(havingAddress address: IPAddress) -> PodIdentity? {
    namespaces.first { $0.tables.owns(address) }?.pod
  }

  /// The addresses of a pod on this node by which others reach it; none if it is not known.
  package func addresses(of pod: PodIdentity) -> [IPAddress] {
    let own = namespaces.filter { $0.pod?.qualifiedName == pod.qualifiedName }
    return own.flatMap { namespace in
      namespace.tables.addresses.filter { address in
        !address.address.isLinkLocal
          && namespace.tables.link(named: address.interface)?.kind != .loopback
      }.map(\.address)
    }
  }
}
