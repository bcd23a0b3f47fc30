/// Draws how a leg's delays are spread, on an axis that all legs share.
struct DelayHistogram {
  let axis: LogAxis
  static let height = 30.0

  /// The axis by itself, for the head of a column.
  func drawAxis(into html: inout Markup) {
    html.drawing(
      width: axis.length, height: 14, class: "axis", title: "delay, logarithmic"
    ) { html in
      for tick in axis.ticks {
        let isEdge = tick.place > axis.length - 24
        html.label(
          tick.label, tick.place, 10, class: "tick",
          anchor: isEdge ? .end : tick.place < 12 ? .start : .middle)
      }
    }
  }

  /// - Parameter error: bound of the clocks' error, where the leg joins two nodes.
  func draw(
    _ bins: DelayBins, _ delays: DelayDistribution, error: Int64?, into html: inout Markup
  ) {
    let median = delays.percentile(50)
    let title =
      "median \(TextTimes.duration(median)), 99 % within \(TextTimes.duration(delays.percentile(99)))"
    html.drawing(width: axis.length, height: Self.height, class: "histogram", title: title) {
      html in
      for tick in axis.ticks { html.line(tick.place, 0, tick.place, Self.height, class: "grid") }
      if let error {
        let start = axis.place(of: Double(median - error))
        let end = axis.place(of: Double(median + error))
        html.rectangle(start, 0, end - start, Self.height, class: "bound")
      }
      drawBars(bins, into: &html)
      html.line(0, Self.height - 0.5, axis.length, Self.height - 0.5, class: "base")
      drawMark(median, class: "median", into: &html)
      drawMark(delays.percentile(90), class: "p90", into: &html)
      drawMark(delays.percentile(99), class: "p99", into: &html)
    }
  }

  private func drawBars(_ bins: DelayBins, into html: inout Markup) {
    guard let filled = bins.filled else { return }
    let most = Double(bins.counts.max() ?? 1)
    var commands = ""
    for bin in filled where bins.counts[bin] > 0 {
      let left = axis.place(of: DelayBins.start(of: bin))
      let right = axis.place(of: DelayBins.start(of: bin + 1))
      // The root lets single slow packets be seen beside thousands of quick ones.
      let height = max(1.5, (Double(bins.counts[bin]) / most).squareRoot() * (Self.height - 4))
      commands +=
        "M\(svg(left)) \(svg(Self.height))V\(svg(Self.height - height))H\(svg(max(right - 0.5, left + 1)))V\(svg(Self.height))Z"
    }
    html.path(commands, class: "bars")
  }

  private func drawMark(_ delay: Int64, class name: String, into html: inout Markup) {
    let x = axis.place(of: Double(delay))
    html.line(x, 0, x, Self.height, class: name)
  }
}
