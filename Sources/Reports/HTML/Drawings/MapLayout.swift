import Topology

/// Where nodes and points stand on the map: nodes side by side, in each the way from the pods above
/// to the wire below.
struct MapLayout {
  struct Box {
    let x: Double
    let y: Double
    let width: Double

    var middle: Double { x + width / 2 }
    var bottom: Double { y + MapLayout.boxHeight }

    /// Where a straight line down to another box stands: in the middle of the narrower one.
    func meeting(_ other: Box) -> Double { width < other.width ? middle : other.middle }
  }

  struct NodeBox {
    let name: String
    let x: Double
    let width: Double
  }

  private(set) var points: [UInt16: Box] = [:]
  private(set) var nodes: [NodeBox] = []
  private(set) var hiddenNodes = 0
  private(set) var hiddenPoints = 0
  private(set) var width = 0.0
  /// Below the nodes, where the wires run.
  private(set) var bottom = 0.0

  static let boxHeight = 34.0
  static let nodeLimit = 8
  private static let columnLimit = 4
  private static let columnWidth = 150.0
  private static let rowGap = 62.0
  private static let top = 34.0

  /// - Parameter weights: how much each point matters; of too many the heaviest are drawn.
  init(facts: AnalysisFacts, names: TextNames, weights: [UInt16: UInt64]) {
    let used = facts.points.indices.map(UInt16.init)
    let byNode = Dictionary(grouping: used) { facts.points[Int($0)].node }
    let ranked = byNode.keys.sorted { one, other in
      func weight(_ node: Int) -> UInt64 {
        byNode[node, default: []].reduce(0) { $0 + weights[$1, default: 0] }
      }
      return (weight(one), other) > (weight(other), one)
    }
    let shown = ranked.prefix(Self.nodeLimit).sorted { names.nodes[$0] < names.nodes[$1] }
    hiddenNodes = ranked.count - shown.count
    // Two nodes have room for what is written on the wires between them.
    let nodeGap = shown.count == 2 ? 110.0 : 36
    let depths = Set(used.map { names.role($0).depth }).sorted()
    var x = 0.0
    for node in shown {
      place(byNode[node] ?? [], of: names.nodes[node], at: &x, depths, names, weights)
      x += nodeGap
    }
    width = max(x - nodeGap, 300)
    bottom =
      Self.top + Double(depths.count) * Self.boxHeight + Double(depths.count - 1) * Self.rowGap + 14
  }

  private mutating func place(
    _ members: [UInt16], of node: String, at x: inout Double, _ depths: [Int], _ names: TextNames,
    _ weights: [UInt16: UInt64]
  ) {
    var rows: [[UInt16]] = []
    for depth in depths {
      let row = members.filter { names.role($0).depth == depth }
        .sorted { (weights[$0, default: 0], $1) > (weights[$1, default: 0], $0) }
      hiddenPoints += max(0, row.count - Self.columnLimit)
      rows.append(
        row.prefix(Self.columnLimit).sorted { names.interface($0) < names.interface($1) })
    }
    let columns = rows.map(\.count).max() ?? 1
    let nodeWidth = max(250, Double(columns) * Self.columnWidth + 24)
    nodes.append(NodeBox(name: node, x: x, width: nodeWidth))
    for (index, row) in rows.enumerated() {
      let y = Self.top + Double(index) * (Self.boxHeight + Self.rowGap)
      // A point that is alone in its row lies under all of those above it, as a bridge does.
      let width = Double(max(1, columns)) * Self.columnWidth / Double(max(1, row.count))
      let start = x + nodeWidth / 2 - Double(row.count) * width / 2
      for (column, point) in row.enumerated() {
        points[point] = Box(x: start + Double(column) * width + 12, y: y, width: width - 24)
      }
    }
    x += nodeWidth
  }
}
