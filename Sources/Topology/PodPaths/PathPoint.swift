/// A point that a pod's packets cross on a node.
package struct PathPoint: Sendable, Equatable {
  package let role: InterfaceRole
  package let link: NetworkLink
  /// The link's own addresses.
  package let addresses: [InterfaceAddress]
  /// The namespace that the interface is in; nil for the node's own.
  package let namespace: JoinedNamespace?

  /// The interface as points are named: `cni0`, and `pod:eth0` inside a pod.
  package var interface: String {
    namespace == nil ? link.name : "pod:" + link.name
  }
}
