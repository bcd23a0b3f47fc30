import Topology
import Trajectories

extension PictureText {
  /// Two nodes with two pods each have 21, and none should be left out.
  private static let legLimit = 24

  /// The legs in the order of the way: out of a node, over the wire, into the next node.
  func legLines() -> [TextLine] {
    let all = statistics.legs.legs
    guard !all.isEmpty else { return [] }
    // Legs are large: their numbers are sorted.
    let shown = all.indices
      .sorted { (all[$0].lost, all[$0].packets) > (all[$1].lost, all[$1].packets) }
      .prefix(Self.legLimit).map { (number: $0, place: place(of: all[$0])) }
      .sorted { $0.place < $1.place }.map { all[$0.number] }
    let measures = Self.measures(within: width)
    var table = TextTable(
      [("leg", .left), ("", .left), ("", .left), ("packets", .right), ("lost", .right)]
        + measures.map { ($0.title, .right) })
    for leg in shown {
      let delays = leg.delays?.settled
      table.append(
        [
          .init(names.point(leg.from)), .init(isWire(leg) ? "═" : "→", .dim),
          .init(names.point(leg.to)), .init(TextNumbers.grouped(leg.packets)),
          .init(TextNumbers.grouped(leg.lost), leg.lost > 0 ? .bad : .plain),
        ] + measures.map { delay(of: leg, delays, by: $0) })
    }
    table.fit(width: width, shortening: [0, 2])
    var lines = table.lines(hasColor: hasColor)
    if all.count > shown.count { lines.append(note("and " + more(all.count - shown.count, "leg"))) }
    if shown.contains(where: { $0.delays == nil && $0.crossed > 0 }) {
      lines.append(clockNote())
    }
    if shown.contains(where: { isWire($0) && $0.delays != nil }) {
      lines += facts.clocks.compactMap(words).map(note)
    }
    return lines
  }

  func clockNote() -> TextLine {
    note("\(PacketText.unknownDelay): the clocks of two nodes could not be compared")
  }

  /// A column of delays.
  private struct Measure {
    let title: String
    let value: (SettledDelays) -> Int64
  }

  private static func measures(within width: Int) -> [Measure] {
    let all = [
      Measure(title: "p50") { $0.percentile(50) }, Measure(title: "p99") { $0.percentile(99) },
      Measure(title: "max") { $0.maximum },
    ]
    switch width {
    case 80...: return all
    case 60...: return all.filter { $0.title != "p99" }
    case 48...: return all.filter { $0.title == "p50" }
    default: return []
    }
  }

  private func delay(
    of leg: Leg, _ delays: SettledDelays?, by measure: Measure
  ) -> TextTable.Cell {
    guard let delays else {
      return .init(leg.crossed > 0 ? PacketText.unknownDelay : "", .dim)
    }
    let error = isWire(leg) ? leg.delayError : nil
    return .init(TextTimes.duration(measure.value(delays), error: error))
  }

  func isWire(_ leg: Leg) -> Bool { !names.areOnOneNode(leg.from, leg.to) }

  /// `clock of n2: 1.2 ms behind n1 (±41 µs), 3.1 ppm slow, set ahead by 500 ms at 15:03:10.120000`
  func words(for clock: AnalysisFacts.Clock) -> String? {
    guard let offset = clock.offset, let error = clock.error else { return nil }
    let distance = TextTimes.duration(Int64(clamping: offset.magnitude))
    let side = offset < 0 ? "behind" : "ahead of"
    var words = "clock of \(TerminalText.escaped(clock.node)): \(distance) \(side) "
    words += "\(TerminalText.escaped(clock.reference)) (±\(TextTimes.duration(error)))"
    // A drift that the bound would hide says nothing.
    let span = Double(statistics.counts.span)
    if let drift = clock.drift, drift.magnitude * span / 1e6 > Double(error) {
      let pace = TextNumbers.decimal(drift.magnitude, places: 1)
      words += ", \(pace) ppm \(drift < 0 ? "slow" : "fast")"
    }
    for step in clock.steps {
      let change = TextTimes.duration(Int64(clamping: step.change.magnitude))
      words += ", set \(step.change < 0 ? "back" : "ahead") by \(change)"
      words += " at \(TextTimes.timeOfDay(step.time))"
    }
    return words
  }

  func more(_ count: Int, _ noun: String) -> String {
    TextNumbers.counted(UInt64(count), "more " + noun)
  }

  func note(_ text: String) -> TextLine {
    var line = TextLine(hasColor: hasColor)
    line.append("  " + text, .dim)
    return line
  }

  /// Orders legs along the way. Between two nodes one direction comes after the other; with more of
  /// them all ways out come first, then all ways in.
  func place(of leg: Leg) -> LegPlace {
    let from = names.nodeOfPoint[Int(leg.from)]
    let to = names.nodeOfPoint[Int(leg.to)]
    let start = names.role(leg.from).depth
    let end = names.role(leg.to).depth
    var group = from
    var stage = 10
    if from == to && end > start {
      stage = start
    } else if from == to {
      group = names.nodes.count == 2 ? 1 - from : names.nodes.count + from
      stage = 20 - start
    }
    return LegPlace(
      group: group, stage: stage, from: names.point(leg.from), to: names.point(leg.to))
  }
}

/// A leg's place in the table.
struct LegPlace: Comparable {
  let group: Int
  let stage: Int
  let from: String
  let to: String

  static func < (one: LegPlace, other: LegPlace) -> Bool {
    (one.group, one.stage, one.from, one.to) < (other.group, other.stage, other.from, other.to)
  }
}
