import Packets
import Topology
import Trajectories

/// The addresses that nodes' devices were seen to use: learnt from the first packet of each way.
struct Devices: Sendable {
  /// MAC addresses that a VXLAN device sends with, by its point.
  private(set) var macs: [UInt16: Set<UInt64>] = [:]
  /// Outer addresses that a node sends from, and those that it is sent to, by the node's number.
  private(set) var senders: [Int: Set<IPAddress>] = [:]
  private(set) var receivers: [Int: Set<IPAddress>] = [:]
  /// Frames that show them, by the address.
  private(set) var examples: [IPAddress: FrameReference] = [:]

  /// The node that was seen to send from an outer address, or to be sent to.
  func node(ofEnd address: IPAddress) -> Int? {
    (senders.first { $0.value.contains(address) } ?? receivers.first { $0.value.contains(address) })?
      .key
  }

  mutating func learn(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    var previousNode: Int?
    // At a VTEP or NIC that is first, a packet that comes in looks as one that goes out does.
    var isLeaving = false
    for index in trajectory.hops.indices {
      guard case .path = trajectory.hops[index].kind else { continue }
      let row = trajectory.hops[index].observation
      let point = points[row.point]
      let isArriving = previousNode.map { $0 != point.node } ?? false
      if previousNode != point.node { isLeaving = false }
      previousNode = point.node
      switch point.role {
      case .pod, .veth, .bridge: isLeaving = true
      case .vtep:
        if isLeaving && row.linkSource != 0 && !row.isEncapsulated && row.hasSenderTimeToLive {
          macs[row.point, default: []].insert(row.linkSource)
        }
      case .nic where row.isEncapsulated:
        if isLeaving {
          senders[point.node, default: []].insert(row.tunnelSource)
          noteExample(row, of: row.tunnelSource)
        } else if isArriving {
          receivers[point.node, default: []].insert(row.tunnelDestination)
          noteExample(row, of: row.tunnelDestination)
        }
        isLeaving = false
      case .nic, .unknown: break
      }
    }
  }

  private mutating func noteExample(_ row: Observation, of end: IPAddress) {
    if examples[end] == nil { examples[end] = FrameReference(file: row.file, frame: row.frame) }
  }
}

extension Observation {
  /// Whether the packet came from a pod or this node itself: no other node has handed it on.
  var hasSenderTimeToLive: Bool { [63, 64, 127, 128, 254, 255].contains(timeToLive) }
}
