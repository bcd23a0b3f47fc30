/// A node and an interface where packets are captured (RFC 5474, section 2).
package struct ObservationPoint: Sendable {
  /// Index of the node in the caller's list.
  package let node: Int
  package let nodeName: String
  /// `pod:eth0` for an interface inside a pod, `if7` for an interface of unknown name.
  package let interface: String
  package var role: InterfaceRole
  /// Whether the role is known from the interface's kind or from a name that nothing else bears.
  /// Otherwise what the point's traffic shows may say better.
  package var roleIsCertain: Bool

  /// `kind` is the role that the node's own tables give the interface; without one its name decides.
  package init(node: Int, nodeName: String, interface: String, kind: InterfaceRole? = nil) {
    self.node = node
    self.nodeName = nodeName
    self.interface = interface
    if let kind, kind != .unknown {
      role = kind
      roleIsCertain = true
    } else {
      role = Topology.role(ofInterfaceNamed: interface)
      roleIsCertain = role != .unknown && role != .nic
    }
  }

  /// `node/interface`.
  package var name: String { nodeName + "/" + interface }
}
