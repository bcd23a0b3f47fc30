/// Draws what became of packets over time: counts above, delays below, on one axis of time.
struct TimeChart {
  let series: TimeSeries
  /// Of the whole report, so that charts of several directions can be compared.
  let delayAxis: LogAxis
  let span: (start: Int64, end: Int64)

  static let width = 1040.0
  private static let left = 64.0
  private static let countHeight = 74.0
  private static let delayTop = 102.0
  private static let delayHeight = 70.0
  static let height = 194.0

  func draw(into html: inout Markup, title: String) {
    html.drawing(width: Self.width, height: Self.height, class: "time", title: title) { html in
      drawTimeAxis(into: &html)
      drawCounts(into: &html)
      drawDelays(into: &html)
    }
  }

  private var plotWidth: Double { Self.width - Self.left - 12 }

  private func x(of time: Int64) -> Double {
    let length = Double(max(1, span.end &- span.start))
    return Self.left + min(max(0, Double(time &- span.start) / length), 1) * plotWidth
  }

  private func x(ofStep index: Int) -> Double {
    x(of: series.start &+ Int64(index) &* series.width)
  }

  private func drawTimeAxis(into html: inout Markup) {
    let length = max(0, span.end &- span.start)
    let step = Self.tickStep(for: length)
    for elapsed in stride(from: Int64(0), through: length, by: Int(step)) {
      let x = x(of: span.start &+ elapsed)
      html.line(x, 4, x, Self.delayTop + Self.delayHeight, class: "grid")
      html.label(
        TextTimes.span(elapsed), x, Self.height - 6, class: "tick",
        anchor: x > Self.width - 40 ? .end : .middle)
    }
  }

  /// 1, 2 or 5 times a power of ten, so that there are five to ten ticks.
  private static func tickStep(for length: Int64) -> Int64 {
    var step: Int64 = 1
    while true {
      for factor in [step, 2 * step, 5 * step] where length / factor <= 10 { return factor }
      step *= 10
    }
  }

  private func drawCounts(into html: inout Markup) {
    let most = max(1, series.steps.map(\.packets).max() ?? 1)
    let base = Self.countHeight + 4
    let scale = (Self.countHeight - 6) / Double(most)
    let kinds: [(name: String, count: (TimeSeries.Step) -> UInt64)] = [
      ("complete", \.complete), ("not", \.notJudged), ("partial", \.partial), ("lost", \.lost),
    ]
    var bars = Array(repeating: "", count: kinds.count)
    for (index, step) in series.steps.enumerated() where step.packets > 0 {
      let left = x(ofStep: index)
      let right = max(x(ofStep: index + 1) - 0.6, left + 1)
      var y = base
      for bar in kinds.indices {
        let count = kinds[bar].count(step)
        guard count > 0 else { continue }
        // One lost packet among thousands must be seen.
        let height = max(Double(count) * scale, bar == 0 ? 0.5 : 2)
        bars[bar] += "M\(svg(left)) \(svg(y))V\(svg(y - height))H\(svg(right))V\(svg(y))Z"
        y -= height
      }
    }
    for (kind, commands) in zip(kinds, bars) where !commands.isEmpty {
      html.path(commands, class: "bar-" + kind.name)
    }
    html.line(Self.left, base, Self.width - 12, base, class: "base")
    html.label(TextNumbers.grouped(most), Self.left - 6, 14, class: "tick", anchor: .end)
    html.label("packets", Self.left - 6, 28, class: "dim", anchor: .end)
    html.label("0", Self.left - 6, base, class: "tick", anchor: .end)
  }

  private func drawDelays(into html: inout Markup) {
    let base = Self.delayTop + Self.delayHeight
    func y(_ delay: Double) -> Double { base - delayAxis.place(of: delay) }
    for tick in delayAxis.ticks {
      html.line(Self.left, base - tick.place, Self.width - 12, base - tick.place, class: "grid")
      html.label(tick.label, Self.left - 6, base - tick.place + 4, class: "tick", anchor: .end)
    }
    html.line(Self.left, base, Self.width - 12, base, class: "base")
    html.label("delay", Self.left - 6, Self.delayTop - 3, class: "dim", anchor: .end)
    var marks = ""
    var bands = ""
    for (index, step) in series.steps.enumerated() {
      guard let median = step.delays.quantile(0.5), let high = step.delays.quantile(0.99) else {
        continue
      }
      let left = x(ofStep: index)
      let right = max(x(ofStep: index + 1) - 0.6, left + 2)
      marks += "M\(svg(left)) \(svg(y(median)))H\(svg(right))"
      bands +=
        "M\(svg(left)) \(svg(y(median)))V\(svg(y(high)))H\(svg(right))V\(svg(y(median)))Z"
    }
    if !bands.isEmpty { html.path(bands, class: "range") }
    if !marks.isEmpty { html.path(marks, class: "middle") }
  }

  static var delayLength: Double { delayHeight }
}
