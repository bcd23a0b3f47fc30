import Packets
import Topology

/// The captured points that a packet crosses if nothing goes wrong, in order.
struct PathPlan {
  private(set) var points: [UInt16] = []
  /// Whether the path is known up to the packet's destination (or out of the captured network).
  private(set) var isWhole = false
  /// Whether the last point is the interface of the destination itself.
  private(set) var endsAtDestination = false
  private(set) var sourceIsPod = false
  private(set) var destinationIsPod = false

  /// Plans the path of a packet from its ordered hops. `courses` belong to the hops.
  mutating func make(
    for hops: [Hop], courses: [Course], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    points.removeAll(keepingCapacity: true)
    let ends = PathEnds(of: hops, courses: courses, table: table, knowledge: knowledge)
    sourceIsPod = ends.sourceIsPod
    destinationIsPod = ends.destinationIsPod
    isWhole = true
    endsAtDestination = false
    if let node = ends.destinationNode, node == ends.sourceNode {
      planWithinNode(node, ends: ends, hops: hops, table: table)
      return
    }
    if let node = ends.sourceNode {
      appendOutbound(node, ends: ends, hops: hops, table: table, knowledge: knowledge)
    }
    if let node = ends.destinationNode {
      appendInbound(node, ends: ends, hops: hops, table: table, knowledge: knowledge)
    } else {
      isWhole = ends.leavesNetwork
    }
  }

  private mutating func planWithinNode(
    _ node: Int, ends: PathEnds, hops: [Hop], table: borrowing PointTable
  ) {
    let isToHost = ends.destination?.isHost == true
    if !ends.isFromHost { appendPodEnd(ends.source, outbound: true, table: table) }
    let isRouted = hops.contains { $0.kind == .path && table[$0.observation.point].role == .bridge }
    if isRouted || isToHost || ends.isFromHost {
      points.append(contentsOf: table.points(of: node, role: .bridge).prefix(1))
    }
    if !isToHost { appendDestination(ends, node: node, table: table) }
  }

  private mutating func appendOutbound(
    _ node: Int, ends: PathEnds, hops: [Hop], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    if ends.sourceIsPod {
      appendPodEnd(ends.source, outbound: true, table: table)
      appendUsual(.bridge, of: node, ends: ends, hops: hops, table: table, knowledge: knowledge)
    }
    if ends.isEncapsulated {
      appendUsual(.vtep, of: node, ends: ends, hops: hops, table: table, knowledge: knowledge)
    }
    appendUsual(.nic, of: node, ends: ends, hops: hops, table: table, knowledge: knowledge)
  }

  private mutating func appendInbound(
    _ node: Int, ends: PathEnds, hops: [Hop], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    appendUsual(.nic, of: node, ends: ends, hops: hops, table: table, knowledge: knowledge)
    if ends.isEncapsulated {
      appendUsual(.vtep, of: node, ends: ends, hops: hops, table: table, knowledge: knowledge)
    }
    if ends.destination?.isHost == true || !ends.destinationIsPod { return }
    appendUsual(.bridge, of: node, ends: ends, hops: hops, table: table, knowledge: knowledge)
    appendDestination(ends, node: node, table: table)
  }

  /// The destination's veth and own interface; without them the path is known only as far as the node.
  private mutating func appendDestination(
    _ ends: PathEnds, node: Int, table: borrowing PointTable
  ) {
    let before = points.count
    appendPodEnd(ends.destination, outbound: false, table: table)
    endsAtDestination = points.count > before
    if !endsAtDestination {
      isWhole =
        table.points(of: node, role: .veth).isEmpty && table.points(of: node, role: .pod).isEmpty
    }
  }

  private mutating func appendPodEnd(
    _ home: AddressHome?, outbound: Bool, table: borrowing PointTable
  ) {
    guard let home else { return }
    let veth = home.veth
    let pod = home.pod
    if outbound, let pod { points.append(pod) }
    if let veth { points.append(veth) }
    if !outbound, let pod { points.append(pod) }
  }

  /// Of several points of one role, the one that packets of this family and node usually cross.
  private mutating func appendUsual(
    _ role: InterfaceRole, of node: Int, ends: PathEnds, hops: [Hop],
    table: borrowing PointTable, knowledge: borrowing NetworkKnowledge
  ) {
    var best: UInt16?
    var bestScore = -1
    for number in table.points(of: node, role: role) {
      var score = 2 * knowledge.crossings(of: number, isIPv6: ends.isIPv6)
      if table.isIPv6Device(number) == ends.isIPv6 { score += 1 }
      if hops.contains(where: { $0.kind == .path && $0.observation.point == number }) {
        score = Int.max
      }
      if score > bestScore {
        best = number
        bestScore = score
      }
    }
    if let best { points.append(best) }
  }
}
