import Packets
import Topology
import Trajectories

/// The addresses that nodes' devices were seen to use: learnt from the first packet of each passage.
struct Devices: Sendable {
  /// MAC addresses that a VXLAN device sends with, by its point.
  private(set) var macs: [UInt16: Set<UInt64>] = [:]
  /// Outer addresses that a node sends from, and those that it is sent to, by the node's number.
  private(set) var senders: [Int: Set<IPAddress>] = [:]
  private(set) var receivers: [Int: Set<IPAddress>] = [:]

  /// The node that was seen to send from an outer address, or to be sent to.
  func node(ofEnd address: IPAddress) -> Int? {
    (senders.first { $0.value.contains(address) } ?? receivers.first { $0.value.contains(address) })?
      .key
  }

  mutating func learn(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    var origin: Int?
    for index in trajectory.hops.indices {
      guard case .path = trajectory.hops[index].kind else { continue }
      let row = trajectory.hops[index].observation
      let point = points[row.point]
      origin = origin ?? point.node
      let isSending = point.node == origin
      if point.role == .vtep && isSending && row.linkSource != 0 && !row.isEncapsulated
        && row.hasSenderTimeToLive
      {
        macs[row.point, default: []].insert(row.linkSource)
      } else if point.role == .nic && row.isEncapsulated {
        if isSending {
          // The first point may just as well be where the packet came in.
          if index > 0 { senders[point.node, default: []].insert(row.tunnelSource) }
        } else {
          receivers[point.node, default: []].insert(row.tunnelDestination)
        }
      }
    }
  }
}

extension Observation {
  /// Whether the packet came from a pod or this node itself: no other node has handed it on.
  var hasSenderTimeToLive: Bool { [63, 64, 127, 128, 254, 255].contains(timeToLive) }
}
