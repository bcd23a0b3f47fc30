import Packets
import Topology

/// Whether the filter of a point would have let a packet pass that is missing there.
///
/// Consumes the packet's hops; what is known of its form at the point decides. Where a packet enters a
/// bridge from a pod and where it is routed a node may translate addresses and ports: there the filter has
/// to let every form pass that the packet may have.
struct FilterPassage {
  private let hops: [Hop]
  private let last: Observation

  init(of hops: [Hop], last: Observation) {
    self.hops = hops
    self.last = last
  }

  func isOpen(
    _ filter: PointFilter, at point: UInt16, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge, recordings: RecordingTimes
  ) -> Bool {
    let hasSeenFlow = knowledge.hasSeen(last, at: point)
    guard filter.knowsEndpoints else {
      return hasSeenFlow && recordings.hasFilter(filter.expression, at: last.point)
    }
    if hasSeenFlow { return true }
    if table[point].role == .nic && !filter.looksIntoTunnels {
      return hops.contains { hop in
        let other = hop.observation.point
        return hop.kind == .path && table[other].role == .nic
          && recordings.hasFilter(filter.expression, at: other)
      }
    }
    guard filter.selects(last) else { return false }
    return hasSameForm(at: point, table: table)
      || filter.selects(
        last,
        anySource: maySourceChange(filter, before: point, knowledge),
        anyDestination: !isDestinationFinal(knowledge))
  }

  /// Whether nothing translates between the last hop and the point.
  private func hasSameForm(at point: UInt16, table: borrowing PointTable) -> Bool {
    let (from, to) = (table[last.point], table[point])
    let isSameNode = from.node == to.node
    switch (from.role, to.role) {
    case (.vtep, .vtep), (.vtep, .nic): return true
    case (.nic, .vtep): return last.isEncapsulated
    case (.nic, .nic): return !isSameNode || last.isEncapsulated
    case (.pod, .veth), (.veth, .pod): return isSameNode
    case (.bridge, .veth), (.bridge, .pod):
      // What came in from the wire has been routed.
      return isSameNode
        && hops.contains { $0.kind == .path && table[$0.observation.point].role.isOnWireSide }
    default: return false
    }
  }

  /// A service's address was translated before the packet went into a tunnel, or was a pod's from the
  /// beginning; only answers to masqueraded packets, which go to a node, have another translation to come.
  private func isDestinationFinal(_ knowledge: borrowing NetworkKnowledge) -> Bool {
    knowledge.home(of: last.destination)?.isPod == true
      || last.isEncapsulated && knowledge.hostNode(of: last.destination) == nil
  }

  /// What leaves for outside is masqueraded, and what answers a service's client gets the service's address
  /// back. An answer it is not if what it would answer is not seen, though the filter lets that pass; and
  /// nothing is translated if that is seen on both sides.
  private func maySourceChange(
    _ filter: PointFilter, before point: UInt16, _ knowledge: borrowing NetworkKnowledge
  ) -> Bool {
    let asked = last.answer
    if knowledge.hasSeen(asked, at: point) { return false }
    guard isDestinationFinal(knowledge), filter.selects(asked) else { return true }
    return knowledge.hasSeen(asked, at: last.point)
  }
}
