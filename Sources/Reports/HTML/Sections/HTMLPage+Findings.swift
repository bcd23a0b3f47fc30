import Trajectories

extension HTMLPage {
  private static let placeLimit = 20

  func writeFindings(into html: inout Markup) {
    section("findings", "Findings", into: &html) { html in
      let losses = statistics.legs.legs.filter { $0.lost > 0 }.sorted { $0.lost > $1.lost }
      let doubts = statistics.reasons.rows.sorted { $0.packets > $1.packets }
      html.element("ol", ["class": "findings"]) { html in
        for leg in losses.prefix(Self.placeLimit) { write(leg, into: &html) }
        for row in doubts.prefix(Self.placeLimit) { write(row, into: &html) }
      }
      if losses.isEmpty && doubts.isEmpty {
        html.element("p", ["class": "calm"], text: "Nothing wrong was found.")
      }
      let rest = max(0, losses.count - Self.placeLimit) + max(0, doubts.count - Self.placeLimit)
      if rest > 0 {
        html.element(
          "p", ["class": "note"], text: "\(TextNumbers.counted(UInt64(rest), "more place")).")
      }
    }
  }

  private func write(_ leg: Leg, into html: inout Markup) {
    html.element("li", ["class": "finding error"]) { html in
      html.element("span", ["class": "tag"], text: "lost")
      html.element("p", ["class": "what"]) { html in
        html.text(picture.place(leg))
        html.element(
          "span", ["class": "extent"],
          text: "\(TextNumbers.grouped(leg.lost)) of \(TextNumbers.grouped(leg.packets)), "
            + TextNumbers.percent(leg.lost, of: leg.packets))
      }
      guard let example = leg.example else { return }
      html.element("p", ["class": "evidence"]) { html in
        html.text("e.g. ")
        writeFrame(example, into: &html)
      }
    }
  }

  private func write(_ row: ReasonTable.Row, into html: inout Markup) {
    html.element("li", ["class": "finding warning"]) { html in
      html.element("span", ["class": "tag"], text: "partial")
      html.element("p", ["class": "what"]) { html in
        html.text(picture.words(for: row.reason))
        html.element(
          "span", ["class": "extent"], text: TextNumbers.counted(row.packets, "packet"))
      }
      html.element("p", ["class": "evidence"]) { html in
        html.text("e.g. ")
        writeFrame(row.example, into: &html)
      }
    }
  }
}
