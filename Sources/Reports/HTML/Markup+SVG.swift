/// The few shapes that drawings are made of. Lengths are in units of the drawing's view box.
extension Markup {
  /// A drawing with a name for those who cannot see it.
  ///
  /// - Parameter role: `group` where parts of it, links for instance, have names of their own.
  mutating func drawing(
    width: Double, height: Double, class name: String, title: String, role: String = "img",
    _ content: (inout Markup) -> Void
  ) {
    element(
      "svg",
      [
        "class": name, "viewBox": "0 0 \(svg(width)) \(svg(height))", "width": svg(width),
        "height": svg(height), "role": role, "aria-label": title,
      ], content)
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String
  ) {
    empty("line", ["class": name, "x1": svg(x1), "y1": svg(y1), "x2": svg(x2), "y2": svg(y2)])
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0,
    class name: String
  ) {
    let size: Attributes = [
      "class": name, "x": svg(x), "y": svg(y), "width": svg(max(0, width)),
      "height": svg(max(0, height)), "rx": svg(radius),
    ]
    empty("rect", size)
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, class name: String) {
    empty("circle", ["class": name, "cx": svg(x), "cy": svg(y), "r": svg(radius)])
  }

  mutating func path(_ commands: String, class name: String) {
    empty("path", ["class": name, "d": commands])
  }

  /// Where a label's text stands relative to its place: classes that the style sheet knows.
  enum Anchor: String {
    case start = ""
    case middle = "mid "
    case end = "end "
  }

  mutating func label(
    _ text: String, _ x: Double, _ y: Double, class name: String = "", anchor: Anchor = .start
  ) {
    element(
      "text", ["class": anchor.rawValue + name, "x": svg(x), "y": svg(y)], text: text)
  }

  /// A cross where a packet ended.
  mutating func cross(_ x: Double, _ y: Double, size: Double, class name: String) {
    let (left, right, top, bottom) = (svg(x - size), svg(x + size), svg(y - size), svg(y + size))
    path("M\(left) \(top)L\(right) \(bottom)M\(left) \(bottom)L\(right) \(top)", class: name)
  }

  /// The head of an arrow that ends at a place, coming from a direction.
  mutating func arrowHead(
    at end: (x: Double, y: Double), from start: (x: Double, y: Double), size: Double = 6,
    class name: String
  ) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = max((dx * dx + dy * dy).squareRoot(), 0.01)
    let (ux, uy) = (dx / length * size, dy / length * size)
    let back = (x: end.x - ux, y: end.y - uy)
    path(
      "M\(svg(end.x)) \(svg(end.y))L\(svg(back.x - uy / 2)) \(svg(back.y + ux / 2))"
        + "L\(svg(back.x + uy / 2)) \(svg(back.y - ux / 2))Z", class: name)
  }
}

/// A coordinate with one decimal at the most.
func svg(_ value: Double) -> String {
  guard value.isFinite, value.magnitude < 1e9 else { return "0" }
  let tenths = Int((value * 10).rounded())
  let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
  return (tenths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
}
