import Topology

extension HTMLPage {
  private static let pointLimit = 500
  /// Files named of each point: rotated ones can be thousands.
  private static let fileLimit = 8

  /// What was captured where: what the verdicts rest on.
  func writePoints(into html: inout Markup) {
    section("points", "Points captured", into: &html) { html in
      html.scrolling("Points") { html in
        html.element("table", ["class": "points"]) { html in
          html.element("thead") { html in
            html.element("tr") { html in
              for (title, isNumber) in [
                ("point", false), ("role", false), ("frames", true), ("inner packets", true),
                ("first", true), ("last", true), ("drops", true), ("files", false),
              ] {
                html.element(
                  "th", ["scope": "col", "class": isNumber ? "number" : ""], text: title)
              }
            }
          }
          html.element("tbody") { html in
            for (number, point) in facts.points.prefix(Self.pointLimit).enumerated() {
              write(point, UInt16(number), into: &html)
            }
          }
        }
      }
      if facts.points.count > Self.pointLimit {
        html.element(
          "p", ["class": "note"],
          text: "\(facts.points.count - Self.pointLimit) more points are left out.")
      }
    }
  }

  private func write(_ point: AnalysisFacts.Point, _ number: UInt16, into html: inout Markup) {
    html.element("tr") { html in
      html.element("th", ["scope": "row"], text: names.point(number))
      html.element("td", text: point.role.name)
      html.element("td", ["class": "number"], text: TextNumbers.grouped(point.frames))
      html.element("td", ["class": "number"], text: TextNumbers.grouped(point.inner))
      for time in [point.first, point.last] {
        html.element("td", ["class": "number"], text: time.map(TextTimes.timeOfDay) ?? "–")
      }
      let drops = point.captureDrops
      html.element(
        "td", ["class": drops ?? 0 > 0 ? "number bad" : "number"],
        text: drops.map(TextNumbers.grouped) ?? "unknown")
      var files = point.files.prefix(Self.fileLimit).map { names.files[Int($0)] }
      let hidden = point.files.count - files.count
      if hidden > 0 { files.append("and \(TextNumbers.counted(UInt64(hidden), "more file"))") }
      html.element("td", ["class": "files"], text: files.joined(separator: ", "))
    }
  }
}
