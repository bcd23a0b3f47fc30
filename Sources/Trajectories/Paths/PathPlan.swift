import Packets
import Topology

/// The captured points that a packet crosses if nothing goes wrong, in order.
///
/// Consumes the nodes that it visited and where it was bound for, adds the points between: a packet may
/// visit nodes on its way that only pass it on (NodePort, a detour, a loop), and each leg between two
/// nodes may be in a tunnel or not.
struct PathPlan {
  private(set) var points: [UInt16] = []
  /// Whether the path is known up to the packet's destination (or out of the captured network).
  private(set) var isWhole = false
  /// Whether the last point is the interface of the destination itself.
  private(set) var endsAtDestination = false
  private var visits: [PathVisit] = []

  /// What planning goes by.
  private struct Situation {
    let hops: [Hop]
    let courses: [Course]
    let ends: PathEnds
  }

  /// Plans the path of a packet from its ordered hops. `courses` belong to the hops.
  mutating func make(
    for hops: [Hop], courses: [Course], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    points.removeAll(keepingCapacity: true)
    let ends = PathEnds(of: hops, courses: courses, table: table, knowledge: knowledge)
    let situation = Situation(hops: hops, courses: courses, ends: ends)
    isWhole = true
    endsAtDestination = false
    PathVisit.find(in: hops, courses: courses, table: table, into: &visits)
    appendStart(situation, table: table, knowledge: knowledge)
    for index in visits.indices.dropLast() {
      let isSentEncapsulated = isEncapsulated(
        from: index, to: index + 1, situation, table: table, knowledge: knowledge)
      appendWire(
        .outbound, of: visits[index].node, isSentEncapsulated, situation, table: table,
        knowledge: knowledge)
      // A node between that was not captured may have taken the packet out of the tunnel.
      let isEncapsulated =
        visits[index + 1].isEncapsulated(
          .inbound, situation.hops, courses: situation.courses, table: table)
        ?? isSentEncapsulated
      if index + 2 < visits.count || visits[index + 1].node != ends.destinationNode {
        appendWire(
          .inbound, of: visits[index + 1].node, isEncapsulated, situation, table: table,
          knowledge: knowledge)
      } else {
        appendArrival(
          at: visits[index + 1].node, isEncapsulated, situation, table: table, knowledge: knowledge)
      }
    }
    appendRest(situation, table: table, knowledge: knowledge)
  }

  /// From the source to the routing of the first node visited.
  private mutating func appendStart(
    _ situation: Situation, table: borrowing PointTable, knowledge: borrowing NetworkKnowledge
  ) {
    let ends = situation.ends
    guard let first = visits.first else { return }
    guard let node = ends.sourceNode else {
      if situation.courses[first.first].heading == .inbound
        && (visits.count > 1 || first.node != ends.destinationNode)
      {
        appendWire(
          .inbound, of: first.node,
          first.isEncapsulated(
            .inbound, situation.hops, courses: situation.courses, table: table)
            ?? ends.isUsuallyEncapsulated,
          situation, table: table, knowledge: knowledge)
      }
      return
    }
    if visits.count == 1 && node == first.node && node == ends.destinationNode {
      planWithinNode(node, situation, table: table, knowledge: knowledge)
      return
    }
    if ends.sourceIsPod {
      appendPodEnd(ends.source, outbound: true)
      // What is for a pod of the same node may be switched past the bridge's own device.
      if ends.destinationNode != nil || ends.isBoundForWire {
        appendUsual(.bridge, of: node, situation, table: table, knowledge: knowledge)
      }
    }
    guard node != first.node else { return }
    // First seen where it comes in: the way out of its own node was missed.
    let isEncapsulated =
      first.isEncapsulated(
        .inbound, situation.hops, courses: situation.courses, table: table)
      ?? isUsuallyEncapsulated(from: node, to: first.node, situation, knowledge: knowledge)
    appendWire(
      .outbound, of: node, isEncapsulated, situation, table: table, knowledge: knowledge)
    if visits.count == 1 && first.node == ends.destinationNode {
      appendArrival(
        at: first.node, isEncapsulated, situation, table: table, knowledge: knowledge)
    } else {
      appendWire(
        .inbound, of: first.node, isEncapsulated, situation, table: table, knowledge: knowledge)
    }
  }

  /// From the last node visited to the destination.
  private mutating func appendRest(
    _ situation: Situation, table: borrowing PointTable, knowledge: borrowing NetworkKnowledge
  ) {
    let ends = situation.ends
    guard let last = visits.last else { return }
    guard let destination = ends.destinationNode else {
      isWhole = ends.leavesNetwork
      if ends.sourceNode == last.node && ends.isBoundForWire {
        appendWire(
          .outbound, of: last.node,
          isEncapsulated(
            from: visits.count - 1, to: nil, situation, table: table, knowledge: knowledge),
          situation, table: table, knowledge: knowledge)
      }
      return
    }
    if destination == last.node {
      if visits.count == 1 && ends.sourceNode == nil {
        let isEncapsulated =
          last.isEncapsulated(
            .inbound, situation.hops, courses: situation.courses, table: table)
          ?? ends.isUsuallyEncapsulated
        appendArrival(
          at: destination, isEncapsulated, situation, table: table, knowledge: knowledge)
      }
      return
    }
    let isEncapsulated = isEncapsulated(
      from: visits.count - 1, to: nil, situation, table: table, knowledge: knowledge)
    // A wrong node that the packet came in to need not pass it on: the right one is what is missing.
    if situation.courses[last.last].heading == .outbound || ends.sourceNode == last.node {
      appendWire(
        .outbound, of: last.node, isEncapsulated, situation, table: table, knowledge: knowledge)
    }
    appendArrival(
      at: destination, isEncapsulated, situation, table: table, knowledge: knowledge)
  }

  private mutating func planWithinNode(
    _ node: Int, _ situation: Situation, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let ends = situation.ends
    if !ends.isFromHost { appendPodEnd(ends.source, outbound: true) }
    let isRouted = situation.hops.contains {
      $0.kind == .path && table.site(of: $0.observation.point).role == .bridge
    }
    if isRouted || ends.destinationIsHost || ends.isFromHost {
      points.append(contentsOf: table.points(of: node, role: .bridge).prefix(1))
    }
    if !ends.destinationIsHost {
      appendDestination(ends, node: node, table: table, knowledge: knowledge)
    }
  }

  /// VTEP and NIC of a node, in the order of the heading.
  private mutating func appendWire(
    _ heading: Heading, of node: Int, _ isEncapsulated: Bool, _ situation: Situation,
    table: borrowing PointTable, knowledge: borrowing NetworkKnowledge
  ) {
    if isEncapsulated && heading == .outbound {
      appendUsual(.vtep, of: node, situation, table: table, knowledge: knowledge)
    }
    appendUsual(.nic, of: node, situation, table: table, knowledge: knowledge)
    if isEncapsulated && heading == .inbound {
      appendUsual(.vtep, of: node, situation, table: table, knowledge: knowledge)
    }
  }

  /// From the wire to the destination on this node.
  private mutating func appendArrival(
    at node: Int, _ isEncapsulated: Bool, _ situation: Situation, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    appendWire(.inbound, of: node, isEncapsulated, situation, table: table, knowledge: knowledge)
    if situation.ends.destinationIsHost || !situation.ends.destinationIsPod { return }
    appendUsual(.bridge, of: node, situation, table: table, knowledge: knowledge)
    appendDestination(situation.ends, node: node, table: table, knowledge: knowledge)
  }

  /// The destination's veth and own interface. Without them the path is known only as far as the node, but
  /// if all that was captured there is other pods', that is all of it.
  private mutating func appendDestination(
    _ ends: PathEnds, node: Int, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let before = points.count
    appendPodEnd(ends.destination, outbound: false)
    endsAtDestination = points.count > before
    if !endsAtDestination {
      isWhole =
        isOfOthers(.veth, of: node, ends, table: table, knowledge: knowledge)
        && isOfOthers(.pod, of: node, ends, table: table, knowledge: knowledge)
    }
  }

  /// Whether none of a node's captured points of a role can be the destination's.
  ///
  /// A service's address stands for any pod, and what is for the bridge's own may be led on to a pod.
  private func isOfOthers(
    _ role: InterfaceRole, of node: Int, _ ends: PathEnds, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) -> Bool {
    let address = ends.destinationAddress
    let isNodesPod =
      knowledge.nodeByNetwork(of: address) == node && !address.isGatewayOfNetwork
    return table.points(of: node, role: role).allSatisfy {
      isNodesPod && knowledge.isEndOfOther($0, than: address)
    }
  }

  private mutating func appendPodEnd(_ home: AddressHome?, outbound: Bool) {
    guard let home else { return }
    if outbound, let pod = home.pod { points.append(pod) }
    if let veth = home.veth { points.append(veth) }
    if !outbound, let pod = home.pod { points.append(pod) }
  }

  /// Of several points of one role, the one that packets of this family and node usually cross.
  private mutating func appendUsual(
    _ role: InterfaceRole, of node: Int, _ situation: Situation, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) {
    let isIPv6 = situation.ends.isIPv6
    var best: UInt16?
    var bestScore = -1
    for number in table.points(of: node, role: role) {
      var score = 2 * knowledge.crossings(of: number, isIPv6: isIPv6)
      let isOfFamily = table.isIPv6Device(number) == isIPv6
      if isOfFamily { score += 1 }
      if situation.hops.contains(where: { $0.kind == .path && $0.observation.point == number }) {
        score = Int.max
      }
      // The VTEP device of the other family is no place where the packet could be missing.
      if case .vtep = role, !isOfFamily, score == 0 { continue }
      if score > bestScore {
        best = number
        bestScore = score
      }
    }
    if let best { points.append(best) }
  }
}

// MARK: - In a tunnel or not

extension PathPlan {
  /// Whether the leg from one visit to the next, or to the destination, is in a tunnel.
  private func isEncapsulated(
    from index: Int, to next: Int?, _ situation: Situation, table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) -> Bool {
    let (hops, courses) = (situation.hops, situation.courses)
    let isFirst = index == 0 && situation.ends.sourceNode == visits[0].node
    let node = next.map { visits[$0].node } ?? situation.ends.destinationNode
    return visits[index].isEncapsulated(.outbound, hops, courses: courses, table: table)
      ?? next.flatMap {
        visits[$0].isEncapsulated(.inbound, hops, courses: courses, table: table)
      }
      ?? node.map {
        isUsuallyEncapsulated(from: visits[index].node, to: $0, situation, knowledge: knowledge)
      }
      ?? (isFirst && situation.ends.isUsuallyEncapsulated)
  }

  private func isUsuallyEncapsulated(
    from node: Int, to other: Int, _ situation: Situation, knowledge: borrowing NetworkKnowledge
  ) -> Bool {
    guard situation.ends.isUsuallyEncapsulated else { return false }
    return knowledge.transport(from: node, to: other).map { !$0.isPlain } ?? true
  }
}
