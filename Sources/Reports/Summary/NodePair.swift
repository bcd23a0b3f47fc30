import Packets

/// One direction between two nodes, or within one.
struct NodePair: Sendable {
  let source: UInt16
  let destination: UInt16
  var packets: UInt64 = 0
  var lost: UInt64 = 0

  /// Sums the flows up by the nodes at their ends, most packets lost first.
  ///
  /// A flow of which no packet arrived does not show its destination's node: then other flows from
  /// or to that address tell it. Flows that stay without are left out.
  static func pairs(of flows: [Flow]) -> [NodePair] {
    var homes: [IPAddress: UInt16] = [:]
    for flow in flows {
      if let node = flow.ends.source { homes[flow.key.source] = node }
      if let node = flow.ends.destination { homes[flow.key.destination] = node }
    }
    var pairs: [Ends: NodePair] = [:]
    for flow in flows {
      guard let source = flow.ends.source ?? homes[flow.key.source],
        let destination = flow.ends.destination ?? homes[flow.key.destination]
      else { continue }
      let ends = Ends(source: source, destination: destination)
      var pair = pairs[ends] ?? NodePair(source: source, destination: destination)
      pair.packets += flow.packets
      pair.lost += flow.lost
      pairs[ends] = pair
    }
    return pairs.values.sorted {
      ($1.lost, $1.packets, $0.source, $0.destination)
        < ($0.lost, $0.packets, $1.source, $1.destination)
    }
  }

  private struct Ends: Hashable {
    let source: UInt16
    let destination: UInt16
  }
}
