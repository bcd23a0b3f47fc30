import Findings
import Trajectories

extension HTMLPage {
  private static let findingLimit = 40
  private static let placeLimit = 20

  func writeFindings(into html: inout Markup) {
    section("findings", "Findings", into: &html) { html in
      let losses = statistics.legs.legs.filter { $0.lost > 0 }.sorted { $0.lost > $1.lost }
      let doubts = statistics.reasons.rows.sorted { $0.packets > $1.packets }
      html.element("ol", ["class": "findings"]) { html in
        for finding in facts.findings.prefix(Self.findingLimit) { write(finding, into: &html) }
        if facts.findings.isEmpty {
          for leg in losses.prefix(Self.placeLimit) { write(leg, into: &html) }
        }
        for row in doubts.prefix(Self.placeLimit) { write(row, into: &html) }
      }
      if facts.findings.isEmpty && losses.isEmpty && doubts.isEmpty {
        html.element("p", ["class": "calm"], text: "Nothing wrong was found.")
      }
      let rest =
        max(0, facts.findings.count - Self.findingLimit) + max(0, doubts.count - Self.placeLimit)
      if rest > 0 {
        html.element(
          "p", ["class": "note"],
          text: "\(TextNumbers.counted(UInt64(rest), "more finding")): the JSON report has all.")
      }
    }
  }

  private func write(_ finding: Finding, into html: inout Markup) {
    html.element("li", ["class": "finding \(finding.severity.name)"]) { html in
      html.element("span", ["class": "tag"]) { html in
        html.element("code", text: finding.code.rawValue)
        html.text(" \(finding.severity.name), confidence \(finding.confidence.name)")
      }
      html.element("p", ["class": "what"]) { html in
        html.text(TerminalText.escaped(finding.summary))
        let extent = extent(of: finding)
        if !extent.isEmpty { html.element("span", ["class": "extent"], text: extent) }
      }
      writeDetails(of: finding, into: &html)
    }
  }

  private func extent(of finding: Finding) -> String {
    guard let total = finding.total else {
      return finding.packets > 0 ? TextNumbers.counted(finding.packets, "packet") : ""
    }
    return "\(TextNumbers.grouped(finding.packets)) of \(TextNumbers.grouped(total)), "
      + TextNumbers.percent(finding.packets, of: total)
  }

  private func writeDetails(of finding: Finding, into html: inout Markup) {
    var place: [String] = []
    if let point = finding.point { place.append(names.point(point)) }
    if let direction = finding.direction { place.append(direction.name(in: names.nodes)) }
    html.element("dl") { html in
      item("where", place, into: &html) { $0.text($1) }
      item("causes", finding.causes, into: &html) { $0.text(TerminalText.escaped($1)) }
      item("check", finding.checks, into: &html) {
        $0.element("code", text: TerminalText.escaped($1))
      }
      item("fix", finding.fix.isEmpty ? [] : [finding.fix], into: &html) {
        $0.text(TerminalText.escaped($1))
      }
      item("evidence", finding.evidence, into: &html) { writeFrame($1, into: &$0) }
    }
  }

  /// A term with its parts, if it has any.
  private func item<Part>(
    _ title: String, _ parts: [Part], into html: inout Markup,
    _ write: (inout Markup, Part) -> Void
  ) {
    guard !parts.isEmpty else { return }
    html.element("dt", text: title)
    html.element("dd") { html in
      for (index, part) in parts.enumerated() {
        if index > 0 { html.text(" · ") }
        write(&html, part)
      }
    }
  }

  // MARK: What the counts show by themselves

  private func write(_ leg: Leg, into html: inout Markup) {
    html.element("li", ["class": "finding error"]) { html in
      html.element("span", ["class": "tag"], text: "lost")
      html.element("p", ["class": "what"]) { html in
        html.text(
          "Packets leave \(names.point(leg.from)) and do not reach \(names.point(leg.to))")
        html.element(
          "span", ["class": "extent"],
          text: "\(TextNumbers.grouped(leg.lost)) of \(TextNumbers.grouped(leg.packets)), "
            + TextNumbers.percent(leg.lost, of: leg.packets))
      }
      guard let number = gallery.packet(lostAfter: leg.from, before: leg.to) else { return }
      html.element("p", ["class": "evidence"]) { html in
        html.text("e.g. packet ")
        html.element("a", ["href": "#packet-\(number)"], text: "#\(number)")
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
