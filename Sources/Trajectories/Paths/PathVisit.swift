import Topology

/// A packet's stay on one node: path hops in a row, from where it came in to where it went out.
struct PathVisit {
  let node: Int
  /// Indices of the first and the last hop among all hops of the packet.
  let first: Int
  var last: Int

  /// Splits the path hops into visits, in the order of the path; fills `visits` anew.
  ///
  /// A packet that comes back in from the wire right after it went out visits its node once more.
  static func find(
    in hops: [Hop], courses: [Course], table: borrowing PointTable, into visits: inout [PathVisit]
  ) {
    visits.removeAll(keepingCapacity: true)
    var hasLeft = false
    for index in hops.indices where hops[index].kind == .path {
      let point = hops[index].observation.point
      let isOnWire = table.site(of: point).role.isOnWireSide
      let comesIn = isOnWire && courses[index].heading == .inbound
      if let current = visits.last, current.node == table.node(of: point), !(hasLeft && comesIn) {
        visits[visits.count - 1].last = index
      } else {
        visits.append(PathVisit(node: table.node(of: point), first: index, last: index))
      }
      hasLeft = isOnWire && courses[index].heading == .outbound
    }
  }

  /// Whether the packet crossed the wire in a tunnel, as the visit's own hops of one heading show.
  func isEncapsulated(
    _ heading: Heading, _ hops: [Hop], courses: [Course], table: borrowing PointTable
  ) -> Bool? {
    for index in first...last where hops[index].kind == .path && courses[index].heading == heading {
      let row = hops[index].observation
      switch table.site(of: row.point).role {
      case .nic: return row.isEncapsulated
      case .vtep: return true
      case .pod, .veth, .bridge, .unknown: break
      }
    }
    return nil
  }
}
