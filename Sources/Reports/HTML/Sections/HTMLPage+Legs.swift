import Trajectories

extension HTMLPage {
  private static let legLimit = 60

  func writeMap(into html: inout Markup) {
    let map = MapDrawing(facts: facts, names: names, legs: statistics.legs.legs)
    section("map", "Map", into: &html) { html in
      html.scrolling("Map") { map.draw(into: &$0) }
      var words =
        "Packets on each leg, their median delay, and ✗ those lost on it; thicker is more."
      let omitted = [
        (map.layout.hiddenNodes, "node"), (map.layout.hiddenPoints, "point"),
        (map.hiddenWires, "leg"),
      ].filter { $0.0 > 0 }.map { TextNumbers.counted(UInt64($0.0), $0.1) }
      if !omitted.isEmpty {
        words += " Left out: \(omitted.joined(separator: ", ")) with less traffic and loss."
      }
      html.element("p", ["class": "note"], text: words)
    }
  }

  /// The legs in the order of the way; of too many those with most loss and most packets.
  private var shownLegs: [Leg] {
    statistics.legs.legs.sorted { ($0.lost, $0.packets) > ($1.lost, $1.packets) }
      .prefix(Self.legLimit).sorted { picture.place(of: $0) < picture.place(of: $1) }
  }

  func writeLegs(into html: inout Markup) {
    let legs = shownLegs
    guard !legs.isEmpty else { return }
    let filled = legs.compactMap { measurements.bins(from: $0.from, to: $0.to)?.filled }
    let low = filled.map(\.lowerBound).min() ?? 1
    let high = filled.map(\.upperBound).max() ?? 1
    let histogram = DelayHistogram(axis: LogAxis(bins: low...high, length: 300))
    section("legs", "Legs and their delays", into: &html) { html in
      html.scrolling("Legs") { html in
        html.element("table", ["class": "legs"]) { html in
          writeLegHead(histogram, into: &html)
          html.element("tbody") { html in
            for leg in legs { write(leg, histogram, into: &html) }
          }
        }
      }
      writeLegNotes(shown: legs.count, into: &html)
    }
  }

  private func writeLegHead(_ histogram: DelayHistogram, into html: inout Markup) {
    html.element("thead") { html in
      html.element("tr") { html in
        html.element("th", ["scope": "col"], text: "leg")
        for title in ["packets", "lost", "p50", "p90", "p99", "max"] {
          html.element("th", ["scope": "col", "class": "number"], text: title)
        }
        html.element("th", ["scope": "col", "class": "wide"]) { histogram.drawAxis(into: &$0) }
      }
    }
  }

  private func write(_ leg: Leg, _ histogram: DelayHistogram, into html: inout Markup) {
    let isWire = picture.isWire(leg)
    html.element("tr", ["class": isWire ? "wire" : ""]) { html in
      html.element("th", ["scope": "row"]) { html in
        html.text(names.point(leg.from) + (isWire ? " ═ " : " → ") + names.point(leg.to))
      }
      html.element("td", ["class": "number"], text: TextNumbers.grouped(leg.packets))
      html.element("td", ["class": leg.lost > 0 ? "number bad" : "number"]) { html in
        html.text(TextNumbers.grouped(leg.lost))
        guard leg.lost > 0 else { return }
        html.element(
          "small", text: " " + TextNumbers.percent(leg.lost, of: leg.packets))
      }
      guard let delays = leg.delays else {
        html.element("td", ["colspan": "5", "class": "dim"], text: leg.crossed > 0 ? "n/a" : "")
        return
      }
      let values = [50, 90, 99].map { delays.percentile($0) } + [delays.maximum]
      for value in values {
        html.element(
          "td", ["class": "number"],
          text: TextTimes.duration(value, error: isWire ? leg.delayError : nil))
      }
      html.element("td", ["class": "wide"]) { html in
        guard let bins = measurements.bins(from: leg.from, to: leg.to) else { return }
        histogram.draw(bins, delays, error: isWire ? leg.delayError : nil, into: &html)
      }
    }
  }

  private func writeLegNotes(shown: Int, into html: inout Markup) {
    html.element("p", ["class": "note legend"]) { html in
      for (name, words) in [
        ("bars", "how often (square root)"), ("median", "median"), ("p90", "p90"), ("p99", "p99"),
        ("bound", "± what the clocks leave open"),
      ] {
        html.element("span", ["class": "key"]) { html in
          html.element("i", ["class": "swatch " + name]) { _ in }
          html.text(words)
        }
      }
      html.element("span", text: "Delays share one logarithmic axis.")
    }
    let more = statistics.legs.legs.count - shown
    var notes = facts.clocks.compactMap { picture.words(for: $0) }
    if more > 0 {
      notes.append("\(TextNumbers.counted(UInt64(more), "more leg")) with less loss and traffic")
    }
    if statistics.legs.legs.contains(where: { $0.delays == nil && $0.crossed > 0 }) {
      notes.append("n/a: the clocks of two nodes could not be compared")
    }
    for note in notes {
      html.element(
        "p", ["class": "note"], text: note.prefix(1).uppercased() + note.dropFirst() + ".")
    }
  }
}
