import Topology

/// Draws nodes, points and what each leg between them carried, lost and took.
struct MapDrawing {
  let names: TextNames
  let legs: [Leg]
  let layout: MapLayout
  private let most: UInt64
  private let wires: [Leg]
  /// Legs between nodes that found no place.
  let hiddenWires: Int

  private static let wireLimit = 12
  private static let wireGap = 30.0

  init(facts: AnalysisFacts, names: TextNames, legs: [Leg]) {
    self.names = names
    self.legs = legs
    var weights: [UInt16: UInt64] = [:]
    for leg in legs {
      // Where packets were lost is worth more than where many passed.
      let weight = leg.packets + leg.lost * 1000
      weights[leg.from, default: 0] += weight
      weights[leg.to, default: 0] += weight
    }
    layout = MapLayout(facts: facts, names: names, weights: weights)
    most = max(1, legs.map(\.packets).max() ?? 1)
    let drawn = layout.points
    let all = legs.filter {
      !names.areOnOneNode($0.from, $0.to) && drawn[$0.from] != nil && drawn[$0.to] != nil
    }
    wires = Array(
      all.sorted { ($0.lost, $0.packets) > ($1.lost, $1.packets) }.prefix(Self.wireLimit)
    )
    .sorted {
      (names.point($0.from), names.point($0.to)) < (names.point($1.from), names.point($1.to))
    }
    hiddenWires = all.count - wires.count
  }

  var width: Double { layout.width + 8 }
  var height: Double { layout.bottom + Double(wires.count) * Self.wireGap + 14 }

  func draw(into html: inout Markup) {
    html.drawing(
      width: width, height: height, class: "map",
      title: "Map of nodes and points; the table of legs below has the same numbers"
    ) { html in
      for node in layout.nodes {
        html.rectangle(node.x + 4, 1, node.width - 8, layout.bottom, radius: 8, class: "band")
        html.label(
          node.name.shortened(to: 30), node.x + node.width / 2, 20, class: "node", anchor: .middle)
      }
      for (index, wire) in wires.enumerated() { draw(wire: wire, at: index, into: &html) }
      for (index, wire) in wires.enumerated() { label(wire: wire, at: index, into: &html) }
      for leg in legs where names.areOnOneNode(leg.from, leg.to) { draw(leg, into: &html) }
      for (point, box) in layout.points.sorted(by: { $0.key < $1.key }) {
        html.rectangle(box.x, box.y, box.width, MapLayout.boxHeight, radius: 5, class: "box")
        html.label(
          names.interface(point).shortened(to: 17), box.middle, box.y + 15, class: "point",
          anchor: .middle)
        html.label(
          names.role(point).name, box.middle, box.y + 28, class: "dim", anchor: .middle)
      }
    }
  }

  /// Thin for few packets, thick for many.
  private func thickness(of leg: Leg) -> String {
    let part = Double(leg.packets) / Double(most)
    return part > 0.5 ? "w3" : part > 0.1 ? "w2" : "w1"
  }

  private func lineClass(of leg: Leg) -> String {
    "leg " + thickness(of: leg) + (leg.lost > 0 ? " lossy" : "")
  }

  // MARK: Within a node

  private func draw(_ leg: Leg, into html: inout Markup) {
    guard let from = layout.points[leg.from], let to = layout.points[leg.to] else { return }
    guard from.y != to.y else {
      drawAcross(leg, from, to, into: &html)
      return
    }
    // Out goes on the left, in on the right.
    let isOut = to.y > from.y
    let side = isOut ? -5.0 : 5.0
    let x = from.meeting(to) + side
    let start = (x: x, y: isOut ? from.bottom : from.y)
    let end = (x: x, y: isOut ? to.y : to.bottom)
    html.line(start.x, start.y, end.x, end.y, class: lineClass(of: leg))
    html.arrowHead(at: end, from: start, size: 7, class: leg.lost > 0 ? "head lossy" : "head")
    let top = min(start.y, end.y)
    let anchor = isOut ? Markup.Anchor.end : .start
    for (index, line) in lines(of: leg).enumerated() {
      html.label(
        line.text, x + side, top + 18 + Double(index) * 13, class: line.name, anchor: anchor)
    }
    if leg.lost > 0 { html.cross(x, (start.y + end.y) / 2 + 22, size: 5, class: "cross") }
  }

  private func drawAcross(
    _ leg: Leg, _ from: MapLayout.Box, _ to: MapLayout.Box, into html: inout Markup
  ) {
    let isRight = to.middle > from.middle
    // Straight through the gap between neighbours, above or below those in between.
    let y = from.y + (isRight ? 11 : 23)
    let start = isRight ? from.x + from.width : from.x
    let end = isRight ? to.x : to.x + to.width
    html.line(start, y, end, y, class: lineClass(of: leg))
    html.arrowHead(
      at: (end, y), from: (start, y), size: 7, class: leg.lost > 0 ? "head lossy" : "head")
    html.label(
      TextNumbers.grouped(leg.packets), (start + end) / 2, isRight ? y - 3 : y + 12, class: "count",
      anchor: .middle)
    if leg.lost > 0 { html.cross((start + end) / 2, y, size: 5, class: "cross") }
  }

  private func lines(of leg: Leg) -> [(text: String, name: String)] {
    var lines = [(TextNumbers.grouped(leg.packets), "count")]
    if let delays = leg.delays { lines.append((TextTimes.duration(delays.percentile(50)), "dim")) }
    if leg.lost > 0 { lines.append(("✗ " + TextNumbers.grouped(leg.lost), "lost")) }
    return lines
  }

  // MARK: Between nodes

  /// Where a wire leaves, arrives, and runs.
  private func course(of wire: Leg, at index: Int) -> (start: Double, end: Double, y: Double)? {
    guard let from = layout.points[wire.from], let to = layout.points[wire.to] else { return nil }
    let shift = (Double(index) - Double(wires.count - 1) / 2) * min(9, 90 / Double(wires.count))
    let y = layout.bottom + 22 + Double(index) * Self.wireGap
    return (from.middle + shift, to.middle + shift, y)
  }

  private func draw(wire: Leg, at index: Int, into html: inout Markup) {
    guard let (start, end, y) = course(of: wire, at: index),
      let top = layout.points[wire.from]?.bottom, let goal = layout.points[wire.to]?.bottom
    else { return }
    let corner = start < end ? 8.0 : -8.0
    let out = "M\(svg(start)) \(svg(top))V\(svg(y - 8))"
    let turn = "Q\(svg(start)) \(svg(y)) \(svg(start + corner)) \(svg(y))H\(svg(end - corner))"
    let back = "Q\(svg(end)) \(svg(y)) \(svg(end)) \(svg(y - 8))V\(svg(goal + 4))"
    html.path(out + turn + back, class: lineClass(of: wire))
    html.arrowHead(
      at: (end, goal), from: (end, y), size: 7, class: wire.lost > 0 ? "head lossy" : "head")
  }

  /// On top of all wires, since they cross.
  private func label(wire: Leg, at index: Int, into html: inout Markup) {
    guard let (start, end, y) = course(of: wire, at: index) else { return }
    var words = "\(names.node(of: wire.from).shortened(to: 18)) → "
    words += names.node(of: wire.to).shortened(to: 18)
    words += ": \(TextNumbers.counted(wire.packets, "packet"))"
    if let delays = wire.delays {
      words += ", " + TextTimes.duration(delays.percentile(50), error: wire.delayError)
    }
    let middle = (start + end) / 2
    guard wire.lost > 0 else {
      html.label(words, middle, y - 5, class: "count on-wire", anchor: .middle)
      return
    }
    html.cross(middle, y, size: 5, class: "cross")
    html.label(words, middle - 10, y - 5, class: "count on-wire", anchor: .end)
    let share = TextNumbers.percent(wire.lost, of: wire.packets)
    html.label(
      "✗ \(TextNumbers.grouped(wire.lost)) lost (\(share))", middle + 10, y - 5,
      class: "lost on-wire")
  }
}
