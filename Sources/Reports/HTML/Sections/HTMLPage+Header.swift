extension HTMLPage {
  func writeHeader(into html: inout Markup) {
    html.element("header", ["class": "top"]) { html in
      html.element("a", ["class": "brand", "href": "#main"], text: "vxhop")
      html.element("nav", ["aria-label": "Sections"]) { html in
        for (identifier, title) in sections {
          html.element("a", ["href": "#" + identifier], text: title)
        }
      }
    }
  }

  private var sections: [(String, String)] {
    let tables = [
      ("map", "Map"), ("matrix", "Loss"), ("legs", "Legs"), ("time", "Time"), ("flows", "Flows"),
    ]
    return [("findings", "Findings")] + (statistics.counts.traces > 0 ? tables : [])
      + [("points", "Points"), ("packets", "Packets")]
  }

  /// What came out, in one sentence.
  var verdict: String {
    let counts = statistics.counts
    let packets = TextNumbers.counted(counts.traces, "packet")
    if counts.traces == 0 { return "no packets" }
    if counts.lost > 0 {
      let share = TextNumbers.percent(counts.lost, of: counts.traces)
      return "\(TextNumbers.grouped(counts.lost)) of \(packets) lost (\(share))"
    }
    if facts.isSinglePoint { return "\(packets) at one point: nothing to compare with" }
    if counts.partial > 0 {
      return "none of \(packets) known to be lost, \(TextNumbers.grouped(counts.partial)) partial"
    }
    return counts.notJudged == counts.traces
      ? "\(packets), none of which has a path to compare with" : "all of \(packets) arrived"
  }

  func writeVerdict(into html: inout Markup) {
    let counts = statistics.counts
    let state =
      counts.lost > 0 ? "bad" : counts.complete == 0 || counts.partial > 0 ? "doubt" : "good"
    html.element("div", ["class": "verdict " + state]) { html in
      html.element("h1", text: verdict.prefix(1).uppercased() + verdict.dropFirst())
      html.element("p", ["class": "sub"], text: circumstances)
      writeShares(into: &html)
    }
  }

  private var circumstances: String {
    let counts = statistics.counts
    var words = [
      TextNumbers.counted(UInt64(facts.nodes.count), "node"),
      TextNumbers.counted(UInt64(facts.points.count), "point"),
      TextNumbers.counted(UInt64(facts.fileCount), "capture"),
      TextNumbers.counted(facts.frames, "frame"),
    ]
    if counts.traces > 0 {
      words.append("\(TextTimes.span(counts.span)) from \(TextTimes.moment(counts.first))")
    }
    return words.joined(separator: " · ")
  }

  /// A bar of what became of all packets, and its numbers.
  private func writeShares(into html: inout Markup) {
    let counts = statistics.counts
    let shares = [
      ("complete", counts.complete), ("lost", counts.lost), ("partial", counts.partial),
      ("not judged", counts.notJudged),
    ]
    guard counts.traces > 0 else { return }
    let title = shares.map { "\(TextNumbers.grouped($0.1)) \($0.0)" }.joined(separator: ", ")
    html.element(
      "svg",
      [
        "class": "shares", "viewBox": "0 0 1000 10", "preserveAspectRatio": "none", "role": "img",
        "aria-label": title,
      ]
    ) { html in
      var x = 0.0
      for (name, count) in shares where count > 0 {
        let width = max(3, Double(count) / Double(counts.traces) * 1000)
        html.rectangle(x, 0, width, 10, class: "share-" + name.prefix(4))
        x += width
      }
    }
    html.element("ul", ["class": "keys"]) { html in
      for (name, count) in shares {
        html.element("li", ["class": "key-" + name.prefix(4) + (count == 0 ? " none" : "")]) {
          $0.element("b", text: TextNumbers.grouped(count))
          $0.text(" " + name)
        }
      }
      let ambiguous = TextNumbers.grouped(counts.ambiguous)
      if counts.ambiguous > 0 { html.element("li", text: "\(ambiguous) ambiguous") }
    }
  }

  func writeFooter(into html: inout Markup) {
    html.element("footer") { html in
      html.text(
        "A packet is complete when every captured point of its path saw it, and lost when no later "
          + "point did although each was recording. Times are UTC; delays across nodes are corrected "
          + "by the clocks' estimated difference, whose bound is printed as ±.")
    }
  }
}
