import Packets
import Topology
import Trajectories

/// Draws one packet's way: down through a lane for each point, with what changed at each hop. A lost
/// packet's way ends in a cross in front of the point that should have seen it.
struct LadderDrawing {
  let names: TextNames
  let trajectory: Trajectory
  private let layout: LadderLayout

  init(_ trajectory: Trajectory, names: TextNames) {
    self.names = names
    self.trajectory = trajectory
    let expected = trajectory.outcome == .lost ? [trajectory.expectedNext].compactMap(\.self) : []
    let doubtful = trajectory.outcome == .partial ? trajectory.reasons.compactMap(\.point) : []
    layout = LadderLayout(
      points: trajectory.hops.map(\.observation.point) + expected + doubtful, names: names)
  }

  private var rowCount: Int {
    trajectory.hops.count
      + (trajectory.outcome == .complete || trajectory.outcome == .notJudged ? 0 : 1)
  }

  private var bottom: Double { LadderLayout.y(ofRow: rowCount - 1) + 34 }

  func draw(into html: inout Markup, title: String) {
    html.drawing(width: layout.width, height: bottom, class: "ladder", title: title) { html in
      layout.drawLanes(bottom: bottom, names: names, into: &html)
      var previous: (row: Int, hop: Hop)?
      for (row, hop) in trajectory.hops.enumerated() {
        draw(hop, row: row, after: previous, into: &html)
        if hop.kind == .path { previous = (row, hop) }
      }
      if let previous { drawEnd(after: previous, into: &html) }
    }
  }
}

// MARK: - Hops

extension LadderDrawing {
  private func draw(
    _ hop: Hop, row: Int, after previous: (row: Int, hop: Hop)?, into html: inout Markup
  ) {
    let point = hop.observation.point
    let end = (x: layout.x(of: point), y: LadderLayout.y(ofRow: row))
    guard hop.kind == .path else {
      drawAside(hop, at: end, from: previous, into: &html)
      return
    }
    if let previous {
      let start = place(of: previous)
      let isWire = !names.areOnOneNode(previous.hop.observation.point, point)
      let name = isWire ? "way wire" : "way"
      drawArrow(from: start, to: end, class: name, into: &html)
      let delay = hop.delay.map { TextTimes.delay($0, error: isWire ? hop.delayError : nil) }
      html.label(
        delay ?? PacketText.unknownDelay, (start.x + end.x) / 2 + 3, (start.y + end.y) / 2 - 4,
        class: "delay")
    }
    html.circle(end.x, end.y, radius: 4.5, class: "dot")
    html.label(clock(of: hop, isFirst: previous == nil), 4, end.y + 4, class: "clock")
    drawWords(
      ChangeWords(addresses: names.addresses).list(
        from: previous?.hop.observation, to: hop.observation, part: trajectory.part),
      at: end, point: point, into: &html)
  }

  /// What changed, beside the dot where the arrows leave room: above on the right, below on the left.
  private func drawWords(
    _ words: [String], at place: (x: Double, y: Double), point: UInt16, into html: inout Markup
  ) {
    let isRight = layout.hasRoomRight(of: point)
    for (index, line) in words.prefix(2).enumerated() {
      let text = index == 1 && words.count > 2 ? line + ", …" : line
      let below = 13.0 + Double(index) * 12
      let above = -8.0 - Double(min(words.count, 2) - 1 - index) * 12
      html.label(
        text.shortened(to: 58), place.x + (isRight ? 9 : -9), place.y + (isRight ? above : below),
        class: "change", anchor: isRight ? .start : .end)
    }
  }

  /// A sighting that is not on the way.
  private func drawAside(
    _ hop: Hop, at place: (x: Double, y: Double), from previous: (row: Int, hop: Hop)?,
    into html: inout Markup
  ) {
    if let previous {
      let start = self.place(of: previous)
      html.line(start.x, start.y, place.x, place.y, class: "aside")
    }
    html.circle(place.x, place.y, radius: 4, class: "hollow")
    let isRight = layout.hasRoomRight(of: hop.observation.point)
    html.label(
      hop.kind.title, place.x + (isRight ? 9 : -9), place.y + 4, class: "dim",
      anchor: isRight ? .start : .end)
  }

  private func drawArrow(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), class name: String,
    into html: inout Markup
  ) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = max((dx * dx + dy * dy).squareRoot(), 1)
    let tip = (x: end.x - dx / length * 6, y: end.y - dy / length * 6)
    html.line(start.x, start.y, tip.x, tip.y, class: name)
    html.arrowHead(at: tip, from: start, class: "head")
  }

  private func place(of step: (row: Int, hop: Hop)) -> (x: Double, y: Double) {
    (layout.x(of: step.hop.observation.point), LadderLayout.y(ofRow: step.row))
  }

  /// The time of day at the first hop, the time since then at the others.
  private func clock(of hop: Hop, isFirst: Bool) -> String {
    if isFirst { return TextTimes.timeOfDay(hop.observation.time).shortened(to: 18) }
    let elapsed = hop.observation.correctedTime &- trajectory.origin.correctedTime
    return TextTimes.delay(elapsed, error: nil)
  }
}

// MARK: - The end

extension LadderDrawing {
  private func drawEnd(after last: (row: Int, hop: Hop), into html: inout Markup) {
    let start = place(of: last)
    let y = LadderLayout.y(ofRow: trajectory.hops.count)
    switch trajectory.outcome {
    case .complete:
      html.circle(start.x, start.y, radius: 8, class: "arrived")
    case .notJudged:
      return
    case .lost:
      let goal = layout.x(of: trajectory.expectedNext ?? last.hop.observation.point)
      let end = (x: start.x + (goal - start.x) * 0.62, y: start.y + (y - start.y) * 0.62)
      html.line(start.x, start.y, end.x, end.y, class: "way lost")
      html.cross(end.x, end.y, size: 7, class: "cross")
      html.circle(goal, y, radius: 5, class: "missing")
      drawVerdict("lost", at: (goal, y), class: "lost", into: &html)
    case .partial:
      for point in Set(trajectory.reasons.compactMap(\.point)).sorted() {
        html.label("?", layout.x(of: point), y + 5, class: "doubt", anchor: .middle)
      }
    }
  }

  private func drawVerdict(
    _ text: String, at place: (x: Double, y: Double), class name: String, into html: inout Markup
  ) {
    let isRight = place.x < layout.width * 0.55
    html.label(
      text, place.x + (isRight ? 11 : -11), place.y + 17, class: name,
      anchor: isRight ? .start : .end)
  }
}

extension Hop.Kind {
  /// What a sighting that is not on the way is, in words.
  var title: String {
    switch self {
    case .path: "hop"
    case .bridgeCopy: "copy that the bridge made"
    case .recapture: "the same, captured once more"
    case .duplicate: "duplicate"
    }
  }
}
