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
    let homes = homes(sought: flows)
    var pairs: [NodePair] = []
    var places: [Ends: Int] = [:]
    // Many flows are between the nodes that the one before was between.
    var last = 0
    for flow in flows {
      guard let source = flow.ends.source ?? homes[flow.key.source],
        let destination = flow.ends.destination ?? homes[flow.key.destination]
      else { continue }
      if pairs.isEmpty || pairs[last].source != source || pairs[last].destination != destination {
        let ends = Ends(source: source, destination: destination)
        last = places[ends] ?? pairs.count
        if last == pairs.count {
          places[ends] = last
          pairs.append(NodePair(source: source, destination: destination))
        }
      }
      pairs[last].packets += flow.packets
      pairs[last].lost += flow.lost
    }
    return pairs.sorted {
      ($1.lost, $1.packets, $0.source, $0.destination)
        < ($0.lost, $0.packets, $1.source, $1.destination)
    }
  }

  /// The nodes of addresses that flows do not show the node of, as others tell.
  private static func homes(sought flows: [Flow]) -> [IPAddress: UInt16] {
    var sought: Set<IPAddress> = []
    for flow in flows {
      if flow.ends.source == nil { sought.insert(flow.key.source) }
      if flow.ends.destination == nil { sought.insert(flow.key.destination) }
    }
    guard !sought.isEmpty else { return [:] }
    var homes: [IPAddress: UInt16] = [:]
    for flow in flows {
      if let node = flow.ends.source, sought.contains(flow.key.source) {
        homes[flow.key.source] = node
      }
      if let node = flow.ends.destination, sought.contains(flow.key.destination) {
        homes[flow.key.destination] = node
      }
    }
    return homes
  }

  private struct Ends: Hashable {
    let source: UInt16
    let destination: UInt16
  }
}
