import Packets
import Trajectories

/// Writes one packet: what it is, a line for each hop with what happened there, and the verdict.
struct PacketText {
  let names: TextNames
  /// What is known of all packets: what else the point saw that did not see this one.
  let statistics: TraceStatistics
  /// Nil while the inputs are still being read.
  let facts: AnalysisFacts?
  let hasColor: Bool
  let width: Int
  /// Whether a delay could not be told because two nodes have two clocks.
  private(set) var hasUnknownDelay = false

  init(
    names: TextNames, statistics: TraceStatistics, facts: AnalysisFacts?, hasColor: Bool,
    width: Int
  ) {
    self.names = names
    self.statistics = statistics
    self.facts = facts
    self.hasColor = hasColor
    self.width = width
  }

  mutating func lines(for trajectory: Trajectory) -> [TextLine] {
    let columns = Columns(for: trajectory, names: names)
    var lines = header(of: trajectory)
    var previous: Observation?
    for hop in trajectory.hops {
      lines.append(line(for: hop, after: previous, part: trajectory.part, columns))
      if hop.kind == .path { previous = hop.observation }
    }
    for (point, words, mark) in verdictLines(of: trajectory) {
      var line = TextLine(hasColor: hasColor)
      line.append("  \(mark.text) ", mark.style)
      line.append(point.map(names.point) ?? "")
      line.pad(to: columns.words)
      line.hang = columns.words
      line.append(words, mark.style == .dim ? .dim : .plain)
      lines.append(line)
    }
    return lines
  }

  /// Where the parts of a hop's line stand.
  private struct Columns {
    var time = 0
    var words = 0

    init(for trajectory: Trajectory, names: TextNames) {
      let points =
        trajectory.hops.map(\.observation.point) + [trajectory.expectedNext].compactMap(\.self)
        + trajectory.reasons.compactMap(\.point)
      let longest = points.map { names.point($0).count }.max() ?? 0
      time = 4 + max(longest, 14) + 2 + 18
      words = time + 4
    }
  }
}

// MARK: - The packet itself

extension PacketText {
  /// `#2  UDP  10.42.1.2:59048 → 10.42.2.2:5001   id 52611   228 bytes   LOST after n1/ens5`
  private func header(of trajectory: Trajectory) -> [TextLine] {
    let title = PacketTitle(of: trajectory, addresses: names.addresses)
    var line = TextLine(hasColor: hasColor)
    line.append("#\(trajectory.number)  ", .dim)
    line.append(title.transport + "  ", .bold)
    line.append(title.ends, .bold)
    for detail in title.details { line.append("   " + detail) }
    let verdict = verdict(of: trajectory)
    if line.columns + 3 + verdict.text.count <= width {
      line.append("   ")
      line.append(verdict.text, verdict.style)
      return [line]
    }
    var second = TextLine(hasColor: hasColor)
    second.append("    ")
    second.append(verdict.text, verdict.style)
    return [line, second]
  }

  func verdict(of trajectory: Trajectory) -> TextTable.Cell {
    let last = names.point(trajectory.hops[trajectory.lastSeen].observation.point)
    switch trajectory.outcome {
    case .complete: return .init("complete" + totalDelay(of: trajectory), .good)
    case .lost: return .init("LOST after \(last)", .bad)
    case .partial: return .init("seen until \(last)", .doubtful)
    case .notJudged: return .init("not judged", .dim)
    }
  }

  /// How long the whole way took, if every leg of it could be measured.
  private func totalDelay(of trajectory: Trajectory) -> String {
    trajectory.totalDelay.map { " in " + TextTimes.duration($0) } ?? ""
  }
}

// MARK: - Its hops

extension PacketText {
  private mutating func line(
    for hop: Hop, after previous: Observation?, part: PacketPart?, _ columns: Columns
  ) -> TextLine {
    let row = hop.observation
    var line = TextLine(hasColor: hasColor)
    let isFromOtherNode = previous.map { !names.areOnOneNode($0.point, row.point) } ?? false
    line.append(hop.kind == .path && isFromOtherNode ? "  ═ " : "    ", .dim)
    line.append(names.point(row.point), hop.kind == .path ? .plain : .dim)
    let time = timeText(hop, after: previous, acrossNodes: isFromOtherNode)
    line.pad(to: columns.time - time.count)
    line.append(time, time == Self.unknownDelay ? .dim : .plain)
    let words = words(for: hop, after: previous, part: part)
    guard !words.isEmpty else { return line }
    line.pad(to: columns.words)
    line.hang = columns.words
    line.append(words, hop.kind == .path ? .plain : .dim)
    return line
  }

  static let unknownDelay = "n/a"

  private mutating func timeText(
    _ hop: Hop, after previous: Observation?, acrossNodes: Bool
  ) -> String {
    guard hop.kind == .path else { return "" }
    if previous == nil { return TextTimes.timeOfDay(hop.observation.time) }
    guard let delay = hop.delay else {
      hasUnknownDelay = true
      return Self.unknownDelay
    }
    return TextTimes.delay(delay, error: acrossNodes ? hop.delayError : nil)
  }

  private func words(
    for hop: Hop, after previous: Observation?, part: PacketPart?
  ) -> String {
    switch hop.kind {
    case .path:
      ChangeWords(addresses: names.addresses).words(from: previous, to: hop.observation, part: part)
    case .bridgeCopy: "(copy that the bridge made: not on the way)"
    case .recapture: "(the same once more, in \(names.files[Int(hop.observation.file)]))"
    case .duplicate: "(duplicate)"
    }
  }
}
