package import Packets

/// How one node's tables lead to a pod: the points that the pod's packets cross on this node, and
/// the table entries that say so.
package struct PodPath: Sendable, Equatable {
  package enum Place: String, Sendable {
    /// The pod is on this node.
    case here
    /// It is on the node that `remote` names, if the tables tell.
    case elsewhere
    /// The address is the node's own.
    case node
    /// No table leads to it.
    case unknown
  }

  package let address: IPAddress
  package internal(set) var place = Place.unknown
  /// In the order from the pod to the wire. For a pod elsewhere: the VTEP, if there is one, and the
  /// NIC.
  package internal(set) var points: [PathPoint] = []
  package internal(set) var route: Route?
  /// For a pod here the pod itself, for a pod elsewhere the far VTEP.
  package internal(set) var neighbour: Neighbour?
  /// Where frames to the neighbour's MAC address are sent: to the bridge's port that leads to the
  /// pod, or to the node that has it. More than one contradict each other.
  package internal(set) var forwardingEntries: [ForwardingEntry] = []
  /// The address of the node that has the pod.
  package internal(set) var remote: IPAddress?
  /// The route to `remote`.
  package internal(set) var underlayRoute: Route?
  /// The name of that node, where its tables are known too.
  package internal(set) var remoteNode: String?
  /// What is wrong by the tables.
  package internal(set) var problems: [PathProblem] = []

  /// Whether the pod itself was found on the node, and not only its network's route.
  package var isSeen: Bool { place == .here && (point(.pod) ?? point(.veth)) != nil }

  /// The interface of a role, if the path has one.
  package func point(_ role: InterfaceRole) -> PathPoint? {
    points.first { $0.role == role }
  }
}
