import Topology
import Trajectories

/// The nodes where a packet comes from and where it is bound for, as far as its hops show them.
struct NodeEnds: Equatable, Sendable {
  var source: UInt16?
  var destination: UInt16?

  init() {}

  /// A packet seen on two nodes shows both; one seen on one node only shows an end there if it
  /// crossed the interface of a pod. The next point expected may lie on a node that it did not
  /// reach.
  init(of trajectory: borrowing Trajectory, places: PointPlaces) {
    let first = trajectory.hops[0].observation.point
    let last = trajectory.hops[trajectory.lastSeen].observation.point
    let goal = trajectory.expectedNext ?? last
    let crossesNodes = places.node(of: first) != places.node(of: goal)
    if crossesNodes || places.isPodSide(first) { source = places.node(of: first) }
    let isArrived = trajectory.expectedNext == nil && places.isPodSide(last)
    if crossesNodes || isArrived { destination = places.node(of: goal) }
  }

  /// Takes over what the other one knows.
  mutating func complete(from other: NodeEnds) {
    source = source ?? other.source
    destination = destination ?? other.destination
  }

  var isKnown: Bool { source != nil && destination != nil }
}

/// Node and role of each point, copied once: the table's rows hold strings.
struct PointPlaces: Sendable {
  private var nodes: [UInt16] = []
  private var arePodSide: [Bool] = []

  /// Takes in the points that the table has gained since.
  @inline(__always)
  mutating func update(from points: borrowing PointTable) {
    if points.points.count > nodes.count { append(from: points) }
  }

  private mutating func append(from points: borrowing PointTable) {
    for point in points.points[nodes.count...] {
      nodes.append(UInt16(truncatingIfNeeded: point.node))
      arePodSide.append(point.role == .pod || point.role == .veth)
    }
  }

  var count: Int { nodes.count }
  func node(of point: UInt16) -> UInt16 { nodes[Int(point)] }
  func isPodSide(_ point: UInt16) -> Bool { arePodSide[Int(point)] }
}
