import Trajectories

/// Draws a unit that segmentation cut or merged on the way: a line for each part of it, a lane for each
/// point, and a bar around the parts that a point recorded as one frame.
struct UnitDrawing {
  private let names: TextNames
  private let parts: [Trajectory]
  private let hidden: Int
  private let layout: LadderLayout

  private static let partLimit = 48
  private static let rowHeight = 17.0

  init(_ parts: [Trajectory], names: TextNames) {
    self.names = names
    let sorted = parts.sorted {
      ($0.part?.range.lowerBound ?? 0, $0.number) < ($1.part?.range.lowerBound ?? 0, $1.number)
    }
    self.parts = Array(sorted.prefix(Self.partLimit))
    hidden = parts.count - self.parts.count
    // The longest way first: a part that was lost early does not show the order of the later points.
    let ways = self.parts.sorted { $0.hops.count > $1.hops.count }
    layout = LadderLayout(
      points: ways.flatMap { part in
        part.path.map(\.observation.point) + [part.lostBefore].compactMap(\.self)
      }, names: names)
  }

  private var top: Double { LadderLayout.top + 12 }
  private func y(_ row: Int) -> Double { top + 10 + Double(row) * Self.rowHeight }
  private var bottom: Double { y(parts.count - 1) + 22 }

  func draw(into html: inout Markup) {
    let title = "How \(parts.count) segments of one unit were recorded at each point"
    html.drawing(
      width: layout.width, height: bottom, class: "ladder unit", title: title, role: "group"
    ) { html in
      layout.drawLanes(bottom: bottom, names: names, into: &html)
      html.label("packet", 4, 50, class: "dim")
      html.label("bytes", LadderLayout.gutter - 12, 50, class: "dim", anchor: .end)
      for (row, part) in parts.enumerated() { draw(part, row: row, into: &html) }
      drawFrames(into: &html)
      if hidden > 0 {
        html.label("\(hidden) more segments", 4, bottom - 4, class: "dim")
      }
    }
  }

  private func draw(_ part: Trajectory, row: Int, into html: inout Markup) {
    let y = y(row)
    html.element("a", ["href": "#packet-\(part.number)"]) { html in
      html.label("#\(part.number)", 4, y + 4, class: "clock")
      html.label(
        TextNumbers.grouped(UInt64(part.part?.length ?? 0)), LadderLayout.gutter - 12, y + 4,
        class: "clock", anchor: .end)
    }
    for (one, other) in zip(part.path, part.path.dropFirst()) {
      let isWire = !names.areOnOneNode(one.observation.point, other.observation.point)
      html.line(
        layout.x(of: one.observation.point), y, layout.x(of: other.observation.point), y,
        class: isWire ? "way wire" : "way")
    }
    guard let next = part.lostBefore, let last = part.path.last else { return }
    let start = layout.x(of: last.observation.point)
    let end = start + (layout.x(of: next) - start) * 0.62
    html.line(start, y, end, y, class: "way lost")
    html.cross(end, y, size: 5, class: "cross")
  }

  /// A frame of one point: from its first row to its last.
  private struct Span {
    var rows: ClosedRange<Int>
    let point: UInt16
  }

  private func drawFrames(into html: inout Markup) {
    var spans: [FrameReference: Span] = [:]
    for (row, part) in parts.enumerated() {
      for hop in part.path {
        let frame = FrameReference(file: hop.observation.file, frame: hop.observation.frame)
        let rows = spans[frame]?.rows ?? row...row
        spans[frame] = Span(
          rows: min(rows.lowerBound, row)...max(rows.upperBound, row),
          point: hop.observation.point)
      }
    }
    for (_, span) in spans.sorted(by: {
      ($0.key.file, $0.key.frame) < ($1.key.file, $1.key.frame)
    }) {
      let x = layout.x(of: span.point)
      let start = y(span.rows.lowerBound) - 5
      let end = y(span.rows.upperBound) + 5
      let isWhole = span.rows.count > 1
      html.rectangle(
        x - 5, start, 10, end - start, radius: 4, class: isWhole ? "whole" : "part")
    }
  }
}

extension Trajectory {
  var path: [Hop] { hops.filter { $0.kind == .path } }

  /// The point that should have seen the packet; nil unless it was lost.
  fileprivate var lostBefore: UInt16? { outcome == .lost ? expectedNext : nil }
}
