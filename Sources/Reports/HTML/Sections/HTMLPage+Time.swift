extension HTMLPage {
  private static let directionLimit = 6

  func writeTime(into html: inout Markup) {
    let all = measurements.all
    var bins = DelayBins()
    for step in all.steps { bins.add(step.delays) }
    let axis = LogAxis(bins: bins.filled ?? 40...60, length: TimeChart.delayLength)
    let span = (start: all.start, end: all.start &+ Int64(all.steps.count) &* all.width)
    let directions = measurements.directions.sorted { one, other in
      func weight(_ series: TimeSeries) -> (UInt64, UInt64) {
        series.steps.reduce((0, 0)) { ($0.0 + $1.lost, $0.1 + $1.packets) }
      }
      return weight(one.value) > weight(other.value)
    }
    section("time", "Loss and delay over time", into: &html) { html in
      write(all, "All packets", axis, span, into: &html)
      for (direction, series) in directions.prefix(Self.directionLimit)
      where measurements.directions.count > 1 {
        let title =
          direction.source == direction.destination
          ? "Within \(names.nodes[Int(direction.source)])"
          : "\(names.nodes[Int(direction.source)]) → \(names.nodes[Int(direction.destination)])"
        write(series, title, axis, span, into: &html)
      }
      html.element("p", ["class": "note legend"]) { html in
        for (name, words) in [
          ("complete", "complete"), ("lost", "lost"), ("partial", "partial"), ("not", "not judged"),
          ("middle", "median delay over the whole way"), ("range", "up to p99"),
        ] {
          html.element("span", ["class": "key"]) { html in
            html.element("i", ["class": "swatch " + name]) { _ in }
            html.text(words)
          }
        }
        html.element(
          "span",
          text:
            "Steps of \(TextTimes.duration(all.width)); time from \(TextTimes.moment(all.start))."
        )
      }
      let hidden = directions.count - Self.directionLimit
      if hidden > 0 {
        html.element(
          "p", ["class": "note"],
          text:
            "\(TextNumbers.counted(UInt64(hidden), "more direction")) with less loss and traffic."
        )
      }
    }
  }

  private func write(
    _ series: TimeSeries, _ title: String, _ axis: LogAxis, _ span: (start: Int64, end: Int64),
    into html: inout Markup
  ) {
    html.element("figure") { html in
      html.element("figcaption", text: title)
      html.scrolling(title) { html in
        TimeChart(series: series, delayAxis: axis, span: span).draw(
          into: &html, title: "\(title): packets and delays over time")
      }
    }
  }
}
