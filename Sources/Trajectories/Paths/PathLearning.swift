import Packets
package import Topology

/// Teaches the network knowledge what an ordered trajectory shows.
///
/// Consumes hops in path order with their courses. Only what the packet itself shows counts, times less
/// than TTLs and packet types: an error must not go on confirming itself. Of equal packets that may have
/// been mixed up, times and what goes with them teach nothing.
struct PathLearning {
  static func learn(
    _ hops: [Hop], courses: [Course], isUnique: Bool, table: borrowing PointTable,
    into knowledge: inout NetworkKnowledge
  ) {
    // What a bridge floods to all pods comes from none of them.
    guard !hops[0].observation.isLinkScoped && !hops[0].observation.destination.isMulticast else {
      return
    }
    for (hop, course) in zip(hops, courses) where hop.kind == .path {
      let row = hop.observation
      knowledge.countCrossings(course.packets, of: row.point, isIPv6: row.isIPv6)
      if isForwardedAsIs(hop, hops, table: table) {
        learnAddresses(row, course, table.site(of: row.point), into: &knowledge)
      }
    }
    var path: [Int] = []
    path.reserveCapacity(hops.count)
    for index in hops.indices where hops[index].kind == .path { path.append(index) }
    guard path.count > 1 else { return }
    learnSources(path, hops, courses, table: table, into: &knowledge)
    learnDestinations(path, hops, courses, table: table, into: &knowledge)
    learnTransport(hops, courses: courses, table: table, into: &knowledge)
    if isUnique { learnPassage(hops, into: &knowledge) }
  }

  /// Learns what also differs between packets of one way: how long this one took, and how its flow's addresses
  /// were rewritten.
  static func learnPassage(_ hops: [Hop], into knowledge: inout NetworkKnowledge) {
    let hops = hops.span
    var start: Int?
    for index in hops.indices {
      guard case .path = hops[index].kind else { continue }
      guard let start else {
        start = index
        continue
      }
      // Rows are large: none is copied to look at some of its fields.
      let isTranslated =
        !hops[index].observation.hasSameEndpoints(as: hops[start].observation)
        || hops[index].observation.icmpIdentifier != hops[start].observation.icmpIdentifier
      if isTranslated && hops[index].observation.isRecognisable {
        knowledge.translations.learn(
          from: hops[start].observation, to: hops[index].observation)
      }
      knowledge.learnDelay(
        hops[index].observation.correctedTime &- hops[start].observation.correctedTime,
        from: hops[start].observation.point, to: hops[index].observation.point)
    }
  }

  /// Whether a bridge's frame is the one of the pod's veth: a bridge that rewrites MAC addresses, as
  /// br_netfilter does for services, does not show by them which one is its own.
  private static func isForwardedAsIs(
    _ hop: Hop, _ hops: [Hop], table: borrowing PointTable
  ) -> Bool {
    let row = hop.observation
    let point = table.site(of: row.point)
    guard point.role == .bridge else { return true }
    return hops.allSatisfy {
      let veth = table.site(of: $0.observation.point)
      return veth.role != .veth || veth.node != point.node
        || $0.observation.timeToLive != row.timeToLive
        || $0.observation.linkSource == row.linkSource
    }
  }

  private static func learnAddresses(
    _ row: Observation, _ course: Course, _ point: PointTable.Site,
    into knowledge: inout NetworkKnowledge
  ) {
    guard let evidence = course.evidence else { return }
    let isOutbound = evidence == .outbound
    switch point.role {
    case .vtep:
      let own = isOutbound ? row.linkSource : row.linkDestination
      knowledge.learnLinkAddress(own, of: row.point, node: point.node, weight: course.weight)
    case .bridge:
      let own = isOutbound ? row.linkDestination : row.linkSource
      knowledge.learnLinkAddress(own, of: row.point, node: point.node, weight: course.weight)
    case .nic where row.isEncapsulated:
      let own = isOutbound ? row.tunnelSource : row.tunnelDestination
      knowledge.learnTunnelAddress(own, node: point.node, weight: course.weight)
    default: break
    }
  }

  /// The pod's own interface and its veth lead the path; without them, the host that sent it.
  private static func learnSources(
    _ path: [Int], _ hops: [Hop], _ courses: [Course], table: borrowing PointTable,
    into knowledge: inout NetworkKnowledge
  ) {
    for index in path {
      let row = hops[index].observation
      let point = table.site(of: row.point)
      if index == path[0] && row.hasOriginalTimeToLive && !point.role.isPodEnd,
        let evidence = courses[index].evidence,
        (evidence == .outbound) == point.role.isOnWireSide,
        // What a bridge has first may come from a pod whose veth was not captured.
        point.role != .bridge || row.source.isGatewayOfNetwork
      {
        knowledge.learn(row.source) {
          $0.learnHost(node: point.node, weight: courses[index].weight)
        }
      }
      guard courses[index].evidence == .outbound else { return }
      learnNetwork(of: row.source, courses[index], point, into: &knowledge)
      guard point.role.isPodEnd else { return }
      if courses[index].isCertain {
        knowledge.learnPodLinkAddress(row, weight: courses[index].weight)
      }
      learnEnd(of: row.source, row, courses[index], point, into: &knowledge)
    }
  }

  private static func learnDestinations(
    _ path: [Int], _ hops: [Hop], _ courses: [Course], table: borrowing PointTable,
    into knowledge: inout NetworkKnowledge
  ) {
    let intended = hops[path[0]].observation.destination
    // A node's own address, whose ports lead to several pods, is addressed over the wire.
    let isNodeAddress = path.contains { index in
      let row = hops[index].observation
      return table.site(of: row.point).role == .nic && row.destination == intended
    }
    for index in path.reversed() {
      let row = hops[index].observation
      let point = table.site(of: row.point)
      guard courses[index].evidence == .inbound, !knowledge.isForAnotherPod(row) else { return }
      learnNetwork(of: row.destination, courses[index], point, into: &knowledge)
      guard point.role.isPodEnd else { return }
      learnEnd(of: row.destination, row, courses[index], point, into: &knowledge)
      if intended != row.destination && !isNodeAddress {
        knowledge.learn(intended) { $0.learnBackend(node: point.node) }
      }
    }
  }

  /// Pods that a node routes to and from by its bridge are its own.
  private static func learnNetwork(
    of address: IPAddress, _ course: Course, _ point: PointTable.Site,
    into knowledge: inout NetworkKnowledge
  ) {
    guard point.role == .bridge, course.isCertain else { return }
    knowledge.learnNetwork(of: address, node: point.node, weight: course.packets)
  }

  private static func learnEnd(
    of address: IPAddress, _ row: Observation, _ course: Course, _ point: PointTable.Site,
    into knowledge: inout NetworkKnowledge
  ) {
    knowledge.learn(address) { home in
      home.learnNode(point.node, weight: course.weight)
      home.learnEnd(row.point, role: point.role, weight: course.weight)
    }
    knowledge.learnResident(address, of: row.point, weight: course.weight)
    knowledge.learnNetwork(of: address, node: point.node, weight: course.packets)
  }

  private static func learnTransport(
    _ hops: [Hop], courses: [Course], table: borrowing PointTable,
    into knowledge: inout NetworkKnowledge
  ) {
    var source: Int?
    for (hop, course) in zip(hops, courses) where hop.kind == .path {
      let row = hop.observation
      let point = table.site(of: row.point)
      guard point.role == .nic else { continue }
      let node = point.node
      if course.heading == .outbound {
        source = node
      } else if let from = source, from != node {
        knowledge.learnTransport(from: from, to: node, encapsulated: row.isEncapsulated)
      }
    }
  }
}

extension InterfaceRole {
  /// Whether the interface belongs to one pod alone.
  package var isPodEnd: Bool { self == .pod || self == .veth }
}
