import Trajectories

/// Writes what all packets together show: how many there were and what became of them, where there
/// is trouble, and the tables.
struct PictureText {
  let names: TextNames
  let statistics: TraceStatistics
  let facts: AnalysisFacts
  let hasColor: Bool
  /// Columns of the terminal or page.
  let width: Int

  func lines() -> [TextLine] {
    var lines = [headline()] + dateline()
    // One packet needs no tables.
    guard statistics.counts.traces > 1 else {
      let findings = findingLines()
      return findings.isEmpty ? lines : lines + [TextLine(hasColor: hasColor)] + findings
    }
    for section in [troubleLines(), legLines(), pairLines(), flowLines()] where !section.isEmpty {
      lines.append(TextLine(hasColor: hasColor))
      lines += section
    }
    return lines
  }

  /// `2 nodes, 8 points, 3,438 packets in 12.4 s: 2,859 complete, 579 lost`
  private func headline() -> TextLine {
    let counts = statistics.counts
    var line = TextLine(hasColor: hasColor)
    line.append(
      [
        TextNumbers.counted(UInt64(facts.nodes.count), "node"),
        TextNumbers.counted(UInt64(facts.points.count), "point"),
        TextNumbers.counted(counts.traces, "packet"),
      ].joined(separator: ", "))
    guard counts.traces > 0 else { return line }
    guard counts.traces > 1 else { return line }
    if counts.span > 0 { line.append(" in " + TextTimes.span(counts.span)) }
    guard !facts.isSinglePoint else { return line }
    let parts: [(UInt64, String, TextStyle)] = [
      (counts.complete, "complete", .good), (counts.lost, "lost", .bad),
      (counts.partial, "partial", .doubtful), (counts.notJudged, "not judged", .plain),
    ]
    var separator = ": "
    for (count, word, style) in parts where count > 0 {
      line.append(separator)
      separator = ", "
      line.append((count == counts.traces ? "all" : TextNumbers.grouped(count)) + " " + word, style)
    }
    return line
  }

  /// When it was: the times of day below are in UTC too.
  private func dateline() -> [TextLine] {
    guard statistics.counts.traces > 0 else { return [] }
    var line = TextLine(hasColor: hasColor)
    line.append("from " + TextTimes.moment(statistics.counts.first), .dim)
    return [line]
  }
}
