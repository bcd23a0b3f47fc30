import Topology

/// Where an address lives, as far as packets told.
struct AddressHome: Sendable {
  private var nodes = MajorityVote<Int>()
  private var veths = MajorityVote<UInt16>()
  private var pods = MajorityVote<UInt16>()
  private var kinds = MajorityVote<Kind>()
  private var backendNode: Int?
  private var hasSeveralBackends = false

  private enum Kind {
    case host, pod
  }

  /// The node's end of the pod's veth pair.
  var veth: UInt16? { isPod ? veths.winner : nil }
  /// The pod's own interface, where it was captured inside the pod.
  var pod: UInt16? { isPod ? pods.winner : nil }
  var isPod: Bool { kinds.winner == .pod }
  /// An address of the node itself.
  var isHost: Bool { kinds.winner == .host }
  /// An address of a service: pods were seen to get the packets.
  var isService: Bool { backendNode != nil }
  /// The node; for a service address the one that all its packets went to, nil if there are several.
  var node: Int? { nodes.winner ?? (hasSeveralBackends ? nil : backendNode) }

  func isSamePlace(as other: AddressHome) -> Bool {
    node == other.node && veth == other.veth && pod == other.pod && isHost == other.isHost
  }

  func hasEnd(at point: UInt16) -> Bool { veth == point || pod == point }

  mutating func learnNode(_ node: Int, weight: Int) { nodes.vote(node, weight: weight) }

  /// Learns the pod's interface or the node's end of it.
  mutating func learnEnd(_ point: UInt16, role: InterfaceRole, weight: Int) {
    kinds.vote(.pod, weight: weight)
    if role == .pod {
      pods.vote(point, weight: weight)
    } else {
      veths.vote(point, weight: weight)
    }
  }

  /// Forgets at which interface the address is, not on which node.
  mutating func forgetEnds() {
    veths = MajorityVote()
    pods = MajorityVote()
  }

  mutating func learnHost(node: Int, weight: Int) {
    nodes.vote(node, weight: weight)
    kinds.vote(.host, weight: weight)
  }

  mutating func learnBackend(node: Int) {
    if let known = backendNode, known != node { hasSeveralBackends = true }
    backendNode = node
  }
}
