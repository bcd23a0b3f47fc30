import Topology
import Trajectories

/// Parts of the way from one pod to another, of which a loss covers one or several.
struct Stages: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  /// From the pod to its node's bridge.
  static let leavePod = Stages(rawValue: 1 << 0)
  /// From the bridge (or, without one, the pod) to the VXLAN device: the sending node forwards.
  static let forwardOut = Stages(rawValue: 1 << 1)
  /// From the VXLAN device to the network card.
  static let encapsulate = Stages(rawValue: 1 << 2)
  /// Between the network cards of two nodes.
  static let wire = Stages(rawValue: 1 << 3)
  /// From the network card to the VXLAN device.
  static let decapsulate = Stages(rawValue: 1 << 4)
  /// From the VXLAN device to the bridge (or pod): the receiving node forwards.
  static let forwardIn = Stages(rawValue: 1 << 5)
  /// From the bridge to the pod.
  static let reachPod = Stages(rawValue: 1 << 6)

  init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// What lies between two points. `isOutbound` tells for points of one node whether the packet left it.
  init(from: ObservationPoint, to: ObservationPoint, isOutbound: Bool) {
    let isOneNode = from.node == to.node
    // From one pod to another of the same node: the node hands on, or its bridge does.
    if isOneNode && from.role == to.role && from.role.isPodEnd && from.name != to.name {
      self = [.leavePod, .forwardOut]
      return
    }
    let start = isOneNode && !isOutbound ? Self.inbound(from.role) : Self.outbound(from.role)
    let end = isOneNode && isOutbound ? Self.outbound(to.role) : Self.inbound(to.role)
    guard let start, let end, start < end else {
      self = []
      return
    }
    self = Stages(rawValue: UInt8(truncatingIfNeeded: (1 << end) - (1 << start)))
  }

  /// Places on the way: 0 the sending pod, 3 its node's network card, 4 the other node's, 7 the other pod.
  private static func outbound(_ role: InterfaceRole) -> Int? {
    switch role {
    case .pod, .veth: 0
    case .bridge: 1
    case .vtep: 2
    case .nic: 3
    case .unknown: nil
    }
  }

  private static func inbound(_ role: InterfaceRole) -> Int? { outbound(role).map { 7 - $0 } }
}

extension InterfaceRole {
  /// How far out on its node an interface is.
  var distanceFromPod: Int {
    switch self {
    case .pod: 0
    case .veth: 1
    case .bridge: 2
    case .vtep: 3
    case .nic: 4
    case .unknown: -1
    }
  }
}
