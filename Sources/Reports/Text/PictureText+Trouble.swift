import Packets
import Topology
import Trajectories

extension PictureText {
  private static let placeLimit = 5

  /// What was found, and what keeps packets from being judged.
  func troubleLines() -> [TextLine] {
    var lines = [loneliness].compactMap(\.self) + findingLines()
    guard !facts.isSinglePoint else { return lines }
    let doubts = statistics.reasons.rows.sorted { $0.packets > $1.packets }
    for row in doubts.prefix(Self.placeLimit) { lines += doubt(row) }
    lines += remainder(doubts.count, "reason", "why packets are partial")
    return lines
  }

  func findingLines() -> [TextLine] {
    FindingText(names: names, hasColor: hasColor).lines(for: facts.findings)
  }

  /// Better to say so than to show tables of nothing.
  private var loneliness: TextLine? {
    guard facts.isSinglePoint, let point = facts.points.first else { return nil }
    var line = TextLine(hasColor: hasColor)
    line.append("  ! ", .doubtful)
    line.append(
      "one point, \(TerminalText.escaped(point.name)): nothing to compare with; "
        + "name captures of other points too")
    return line
  }

  private func remainder(_ count: Int, _ noun: String, _ words: String) -> [TextLine] {
    guard count > Self.placeLimit else { return [] }
    return [note("  and " + more(count - Self.placeLimit, noun) + " " + words)]
  }

  private func doubt(_ row: ReasonTable.Row) -> [TextLine] {
    var line = TextLine(hasColor: hasColor)
    line.append("  ? ", .doubtful)
    line.append(
      TextNumbers.counted(row.packets, "packet") + (row.packets == 1 ? " is" : " are")
        + " partial: ")
    line.append(words(for: row.reason))
    return [line, example(row.example)]
  }

  /// What keeps packets from being judged, and the capture that would decide it.
  func words(for reason: Trajectory.Reason) -> String {
    let point = reason.point.map(names.point) ?? "a point"
    switch reason.code {
    case .notRecording:
      return "\(point) was not recording then; a longer capture there would decide"
    case .filtered: return "\(point) was captured with a filter; a capture without one would decide"
    case .truncated:
      return "\(point) kept too little of each; a larger snapshot length (-s) would do"
    case .captureDrops: return "\(point)'s capture dropped packets; a larger buffer (-B) would help"
    case .missed: return "\(point) did not record them, though later points did"
    case .pathUnknown:
      return "their way after \(point) is not known; captures of the next node would tell"
    }
  }

  private func example(_ reference: FrameReference) -> TextLine {
    var line = TextLine(hasColor: hasColor)
    line.append("      e.g. \(names.frame(reference))", .dim)
    return line
  }
}
