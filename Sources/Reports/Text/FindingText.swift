import Findings
import Trajectories

/// Writes findings for people: what is wrong in a sentence, then causes, commands and the remedy.
struct FindingText {
  let names: TextNames
  let hasColor: Bool

  /// Findings that are written whole; of more there is only the number.
  private static let limit = 8

  func lines(for findings: [Finding]) -> [TextLine] {
    var lines: [TextLine] = []
    let (trouble, notes) = (
      findings.filter { $0.severity != .info }, findings.filter { $0.severity == .info }
    )
    for finding in trouble.prefix(Self.limit) { lines += self.lines(for: finding) }
    lines += remainder(trouble)
    for finding in notes.prefix(Self.limit) { lines.append(headline(finding)) }
    return lines + remainder(notes)
  }

  private func remainder(_ findings: [Finding]) -> [TextLine] {
    guard findings.count > Self.limit else { return [] }
    let count = TextNumbers.counted(UInt64(findings.count - Self.limit), "more finding")
    return [line("  and \(count): --format json has all", .dim)]
  }

  private func lines(for finding: Finding) -> [TextLine] {
    var lines = [headline(finding)]
    lines += labelled("cause", finding.causes, separator: "; ")
    lines += labelled("check", finding.checks, separator: " · ")
    lines += labelled("fix", finding.fix.isEmpty ? [] : [finding.fix], separator: "")
    let example = finding.evidence.first.map { "e.g. \(names.frame($0)), " } ?? ""
    lines.append(line("      \(example)vxhop explain \(finding.code.rawValue)", .dim))
    return lines
  }

  private func headline(_ finding: Finding) -> TextLine {
    var line = TextLine(hasColor: hasColor)
    switch finding.severity {
    case .error: line.append("  ✗ ", .bad)
    case .warning: line.append("  ! ", .doubtful)
    case .info where finding.code == .overlayHealthy: line.append("  ✓ ", .good)
    case .info: line.append("  · ")
    }
    line.append(TerminalText.escaped(finding.summary))
    if let total = finding.total {
      line.append(
        " (\(TextNumbers.grouped(finding.packets)) of \(TextNumbers.grouped(total)), "
          + "\(TextNumbers.percent(finding.packets, of: total)))", .bold)
    } else if finding.packets > 0 {
      line.append(" (\(TextNumbers.counted(finding.packets, "packet")))", .bold)
    }
    return line
  }

  private func line(_ text: String, _ style: TextStyle = .plain) -> TextLine {
    var line = TextLine(hasColor: hasColor)
    line.append(text, style)
    return line
  }

  /// Parts behind a word, which the rest of a long line stands below.
  private func labelled(_ title: String, _ parts: [String], separator: String) -> [TextLine] {
    guard !parts.isEmpty else { return [] }
    let start = "      \(title):" + String(repeating: " ", count: max(1, 7 - title.count))
    var line = self.line(start + parts.map(TerminalText.escaped).joined(separator: separator))
    line.hang = start.count
    return [line]
  }
}
