import Packets
package import Topology

/// All points and nodes of an analysis; points are named by small numbers everywhere else.
package struct PointTable: Sendable {
  package private(set) var points: [ObservationPoint] = []
  package private(set) var nodes: [String] = []
  /// Tables of nodes by the node's name: they name interfaces by their numbers, and tell roles.
  package var snapshots: [String: NodeSnapshot]
  private var indexOfName: [String: UInt16] = [:]
  /// flannel and Calico give IPv6 a VXLAN device of its own: flannel-v6.1, vxlan-v6.calico.
  private var isForIPv6: [Bool] = []
  /// What is asked of a point for each packet, in one place of memory.
  private var places: [Place] = []
  private var sites: [Site] = []
  /// Points by node and role, so that a path is planned without searching.
  private var ofNodeAndRole: [[UInt16]] = []
  /// Points in the order of their names.
  private var byName: [UInt16] = []

  /// Changes whenever a point is added, or anything about one.
  package private(set) var revision = 0

  /// Where a point is.
  struct Place: Sendable {
    var node: UInt16
    /// Place in the order of names, to order observations of the same moment.
    var rank: UInt16
    /// The coarsest timestamp step of the point's captures, in nanoseconds.
    var resolution: Int64
  }

  /// What most is judged by, apart from the names that would be copied along.
  struct Site: Sendable {
    let node: Int
    let role: InterfaceRole
  }

  package init(snapshots: [String: NodeSnapshot] = [:]) {
    self.snapshots = snapshots
  }

  package subscript(point: UInt16) -> ObservationPoint { points[Int(point)] }

  package func index(named name: String) -> UInt16? { indexOfName[name] }

  /// The number of the point, which is added if it is new; nil when there are 65,535 already.
  package mutating func add(
    node: String, interface: String, kind: InterfaceRole? = nil
  ) -> UInt16? {
    let name = node + "/" + interface
    if let index = indexOfName[name] { return index }
    guard points.count < Int(UInt16.max) else { return nil }
    let nodeIndex = nodes.firstIndex(of: node) ?? nodes.count
    if nodeIndex == nodes.count {
      nodes.append(node)
      ofNodeAndRole += Array(repeating: [], count: InterfaceRole.allCases.count)
    }
    let index = UInt16(points.count)
    let point = ObservationPoint(
      node: nodeIndex, nodeName: node, interface: interface, kind: kind)
    points.append(point)
    sites.append(Site(node: nodeIndex, role: point.role))
    ofNodeAndRole[Self.place(ofNode: nodeIndex, role: point.role)].append(index)
    isForIPv6.append(interface.contains("-v6"))
    places.append(Place(node: UInt16(nodeIndex), rank: 0, resolution: 1))
    indexOfName[name] = index
    rank(index, named: name)
    revision += 1
    return index
  }

  /// Decides the role of a point whose name did not tell it.
  mutating func assign(_ role: InterfaceRole, to point: UInt16) {
    let node = points[Int(point)].node
    ofNodeAndRole[Self.place(ofNode: node, role: points[Int(point)].role)].removeAll { $0 == point }
    points[Int(point)].role = role
    sites[Int(point)] = Site(node: node, role: role)
    let place = Self.place(ofNode: node, role: role)
    let position = ofNodeAndRole[place].firstIndex { $0 > point } ?? ofNodeAndRole[place].count
    ofNodeAndRole[place].insert(point, at: position)
    revision += 1
  }

  /// The points of a node that have a role, in the order in which they were found.
  func points(of node: Int, role: InterfaceRole) -> [UInt16] {
    ofNodeAndRole[Self.place(ofNode: node, role: role)]
  }

  private static func place(ofNode node: Int, role: InterfaceRole) -> Int {
    node * InterfaceRole.allCases.count + Int(role.rawValue)
  }

  @inline(__always)
  func site(of point: UInt16) -> Site { sites[Int(point)] }

  @inline(__always)
  func place(of point: UInt16) -> Place { places[Int(point)] }

  /// The coarsest timestamp step of the point's captures, in nanoseconds.
  func resolution(of point: UInt16) -> Int64 { places[Int(point)].resolution }

  /// The coarsest timestamp step of a node's captures, in nanoseconds.
  func resolution(ofNode node: Int) -> Int64 {
    points.indices.filter { points[$0].node == node }.map { places[$0].resolution }.max() ?? 1
  }

  /// Nodes in the order of their names.
  var nodesByName: [Int] { nodes.indices.sorted { nodes[$0] < nodes[$1] } }

  mutating func noteResolution(_ step: Int64, of point: UInt16) {
    guard step > places[Int(point)].resolution else { return }
    places[Int(point)].resolution = step
    revision += 1
  }

  func node(of point: UInt16) -> Int { Int(places[Int(point)].node) }

  func rank(of point: UInt16) -> UInt16 { places[Int(point)].rank }

  func isIPv6Device(_ point: UInt16) -> Bool { isForIPv6[Int(point)] }

  /// Finds a new point's place among the names: a capture of all interfaces may have very many.
  private mutating func rank(_ point: UInt16, named name: String) {
    var low = 0
    var high = byName.count
    while low < high {
      let middle = (low + high) / 2
      if points[Int(byName[middle])].name < name { low = middle + 1 } else { high = middle }
    }
    byName.insert(point, at: low)
    for rank in low..<byName.count { places[Int(byName[rank])].rank = UInt16(rank) }
  }
}
