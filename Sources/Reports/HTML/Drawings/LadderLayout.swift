import Topology
import Trajectories

/// Where the lanes and rows of a packet's ladder stand: a lane for each point, nodes side by side.
struct LadderLayout {
  struct Lane {
    let point: UInt16
    var x: Double
  }

  /// A node's lanes, which stand together.
  struct NodeBand {
    let name: String
    var left: Double
    var right: Double
  }

  private(set) var lanes: [Lane] = []
  private(set) var bands: [NodeBand] = []
  private(set) var width = 0.0

  static let top = 64.0
  static let rowHeight = 46.0
  /// Room for the time since the first hop.
  static let gutter = 122.0
  private static let laneWidth = 114.0
  private static let nodeGap = 34.0

  /// - Parameter points: in the order of the way; a point may come up more than once.
  init(points: [UInt16], names: TextNames) {
    var x = Self.gutter
    var node: String?
    for point in points where !lanes.contains(where: { $0.point == point }) {
      let name = names.node(of: point)
      if name != node {
        x += node == nil ? 0 : Self.nodeGap
        bands.append(NodeBand(name: name, left: x, right: x))
        node = name
      }
      lanes.append(Lane(point: point, x: x + Self.laneWidth / 2))
      x += Self.laneWidth
      bands[bands.count - 1].right = x
    }
    width = max(x + 8, 560)
  }

  func x(of point: UInt16) -> Double {
    lanes.first { $0.point == point }?.x ?? Self.gutter
  }

  /// Whether a label at the point has more room on its right.
  func hasRoomRight(of point: UInt16) -> Bool {
    x(of: point) < Self.gutter + (width - Self.gutter) * 0.55
  }

  static func y(ofRow row: Int) -> Double { top + 26 + Double(row) * rowHeight }

  /// The nodes' and points' names, and a line down for each point.
  func drawLanes(bottom: Double, names: TextNames, into html: inout Markup) {
    for band in bands {
      html.rectangle(band.left, 0, band.right - band.left, bottom, radius: 6, class: "band")
      html.label(
        band.name.shortened(to: 28), (band.left + band.right) / 2, 17, class: "node",
        anchor: .middle)
    }
    for lane in lanes {
      html.label(
        names.interface(lane.point).shortened(to: 16), lane.x, 36, class: "point", anchor: .middle)
      html.label(names.role(lane.point).name, lane.x, 50, class: "dim", anchor: .middle)
      html.line(lane.x, Self.top - 6, lane.x, bottom - 8, class: "lane")
    }
  }
}
