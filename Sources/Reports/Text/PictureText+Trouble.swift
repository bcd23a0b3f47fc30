import Packets
import Topology
import Trajectories

extension PictureText {
  private static let placeLimit = 5

  /// Where packets were lost, most of them first, and what keeps others from being judged.
  func troubleLines() -> [TextLine] {
    if let note = loneliness { return [note] }
    let losses = statistics.legs.legs.filter { $0.lost > 0 }.sorted { $0.lost > $1.lost }
    let doubts = statistics.reasons.rows.sorted { $0.packets > $1.packets }
    var lines: [TextLine] = []
    for leg in losses.prefix(Self.placeLimit) { lines += trouble(leg) }
    lines += remainder(losses.count, "place", "where packets are lost")
    for row in doubts.prefix(Self.placeLimit) { lines += doubt(row) }
    lines += remainder(doubts.count, "reason", "why packets are partial")
    return lines
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

  private func trouble(_ leg: Leg) -> [TextLine] {
    var line = TextLine(hasColor: hasColor)
    line.append("  ✗ ", .bad)
    line.append(place(leg))
    line.append(
      " (\(TextNumbers.grouped(leg.lost)) of \(TextNumbers.grouped(leg.packets)), "
        + "\(TextNumbers.percent(leg.lost, of: leg.packets)))", .bold)
    return [line] + [leg.example].compactMap(\.self).map(example)
  }

  private func place(_ leg: Leg) -> String {
    if names.areOnOneNode(leg.from, leg.to) {
      return "\(names.node(of: leg.from)): packets vanish between \(names.interface(leg.from))"
        + " and \(names.interface(leg.to))"
    }
    let isWire = names.role(leg.from) == .nic && names.role(leg.to) == .nic
    let isTunnelled = leg.exampleTunnel != .none
    let what = isTunnelled ? "\(leg.exampleTunnel.title) packets" : "packets"
    return "\(isWire ? "wire " : "")\(names.node(of: leg.from))→\(names.node(of: leg.to)): \(what)"
      + " leave \(names.point(leg.from)) and do not reach \(names.point(leg.to))"
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
