import Topology

/// Where an address lives, as far as packets told.
struct AddressHome: Sendable {
  private var nodes = MajorityVote<Int>()
  private var veths = MajorityVote<UInt16>()
  private var pods = MajorityVote<UInt16>()
  private var hasHostOrigin = false
  private var backendNode: Int?
  private var hasSeveralBackends = false

  /// The node's end of the pod's veth pair.
  var veth: UInt16? { veths.winner }
  /// The pod's own interface, where it was captured inside the pod.
  var pod: UInt16? { pods.winner }
  var isPod: Bool { veth != nil || pod != nil }
  /// An address of the node itself.
  var isHost: Bool { hasHostOrigin && !isPod }
  /// The node; for a service address the one that all its packets went to, nil if there are several.
  var node: Int? { nodes.winner ?? (hasSeveralBackends ? nil : backendNode) }

  func hasEnd(at point: UInt16) -> Bool { veth == point || pod == point }

  mutating func learnNode(_ node: Int, weight: Int) { nodes.vote(node, weight: weight) }

  /// Learns the pod's interface or the node's end of it.
  mutating func learnEnd(_ point: UInt16, role: InterfaceRole, weight: Int) {
    if role == .pod {
      pods.vote(point, weight: weight)
    } else {
      veths.vote(point, weight: weight)
    }
  }

  mutating func learnHost(node: Int) {
    nodes.vote(node, weight: 1)
    hasHostOrigin = true
  }

  mutating func learnBackend(node: Int) {
    if let known = backendNode, known != node { hasSeveralBackends = true }
    backendNode = node
  }
}
