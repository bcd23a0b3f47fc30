/// What kind of interface a point is: its place in the chain from a pod to the wire.
@usableFromInline package enum InterfaceRole: UInt8, Sendable, CaseIterable {
  case unknown
  /// The interface inside a pod's network namespace.
  case pod
  /// The node's end of a pod's pair of virtual interfaces.
  case veth
  case bridge
  /// A tunnel's endpoint: what enters it leaves the node encapsulated.
  case vtep
  /// The interface that carries encapsulated packets to other nodes.
  case nic

  /// Written out: the one that the compiler makes is a call for other modules.
  @inlinable package static func == (one: InterfaceRole, other: InterfaceRole) -> Bool {
    one.rawValue == other.rawValue
  }

  /// As the reports write it.
  package var name: String {
    switch self {
    case .unknown: "unknown"
    case .pod: "pod"
    case .veth: "veth"
    case .bridge: "bridge"
    case .vtep: "vtep"
    case .nic: "nic"
    }
  }
}

/// The role that an interface's name suggests, by the habits of kernels and network plugins.
///
/// A guess for `nic`: a pod's own interface is called eth0 too.
package func role(ofInterfaceNamed name: String) -> InterfaceRole {
  InterfaceFamily.family(of: name)?.role ?? .unknown
}
