package import Trajectories

/// What a terminal shows below the packets while they come: how many, where lost, what each point saw.
package struct LiveStatus: ~Copyable {
  private var counts = TraceCounts()
  private var legs = LegCounter()
  private var names: TextNames
  private let hasColor: Bool
  /// Packets and time at the last look, for the rate.
  private var last = (packets: UInt64(0), seconds: 0.0)
  private var rate = 0.0

  /// - Parameter files: what the sources are called, by number.
  package init(files: [String], hasColor: Bool) {
    names = TextNames(files: files)
    self.hasColor = hasColor
  }

  package mutating func add(_ trajectory: borrowing Trajectory) {
    counts.add(trajectory)
    legs.add(trajectory)
  }

  /// The lines for now, none longer than the terminal.
  ///
  /// - Parameters:
  ///   - seconds: since the beginning.
  ///   - silent: sources that nothing has come from, by number.
  package mutating func lines(
    _ progress: [TraceAnalysis.PointProgress], points: borrowing PointTable, seconds: Double,
    silent: [Int], width: Int
  ) -> [String] {
    names.update(from: points)
    if seconds - last.seconds >= 1 {
      rate = Double(counts.traces - last.packets) / (seconds - last.seconds)
      last = (counts.traces, seconds)
    }
    var lines = [totals(seconds, silent, width)]
    lines += pointLines(progress, width)
    if let losses = losses(width) { lines.append(losses) }
    return lines.map { $0.text }
  }

  /// `12 s   1,203 packets, 101/s: 1,180 complete, 20 lost, 3 partial   nothing yet from n3`
  private func totals(_ seconds: Double, _ silent: [Int], _ width: Int) -> TextLine {
    var line = BoundedLine(hasColor: hasColor, width: width)
    line.append("\(Int(seconds)) s   ", .dim)
    line.append(TextNumbers.counted(counts.traces, "packet"), .bold)
    line.append(", \(TextNumbers.grouped(UInt64(rate.rounded())))/s: ")
    line.append("\(TextNumbers.grouped(counts.complete)) complete, ")
    line.append("\(TextNumbers.grouped(counts.lost)) lost", counts.lost > 0 ? .bad : .plain)
    line.append(
      ", \(TextNumbers.grouped(counts.partial)) partial", counts.partial > 0 ? .doubtful : .plain)
    if !silent.isEmpty {
      line.append(
        "   nothing yet from \(silent.map { names.files[$0] }.joined(separator: ", "))", .doubtful)
    }
    return line.line
  }

  /// `n1   veth11aa 301   cni0 301   flannel.1 301   eth0 301 (12 dropped)`, a line a node.
  private func pointLines(
    _ progress: [TraceAnalysis.PointProgress], _ width: Int
  ) -> [TextLine] {
    let byNode = Dictionary(grouping: progress) { names.node(of: $0.point) }
    return byNode.sorted { $0.key < $1.key }.map { node, points in
      var line = BoundedLine(hasColor: hasColor, width: width)
      line.append(node, .bold)
      for point in points {
        line.append("   \(names.interface(point.point)) ", .dim)
        line.append(TextNumbers.grouped(point.frames))
        if let drops = point.drops, drops > 0 {
          line.append(" (\(TextNumbers.grouped(drops)) dropped)", .bad)
        }
      }
      return line.line
    }
  }

  /// `lost   n1/eth0 ═ n2/eth0 20 of 1,203 (1.7 %)`; nil without a loss.
  private func losses(_ width: Int) -> TextLine? {
    let lossy = legs.table.legs.filter { $0.lost > 0 }.sorted { $0.lost > $1.lost }
    guard !lossy.isEmpty else { return nil }
    var line = BoundedLine(hasColor: hasColor, width: width)
    line.append("lost", .bad)
    for leg in lossy {
      let arrow = names.areOnOneNode(leg.from, leg.to) ? "→" : "═"
      line.append("   \(names.point(leg.from)) \(arrow) \(names.point(leg.to)) ", .dim)
      line.append(
        "\(TextNumbers.grouped(leg.lost)) of \(TextNumbers.grouped(leg.packets)) "
          + "(\(TextNumbers.percent(leg.lost, of: leg.packets)))", .bad)
    }
    return line.line
  }
}

/// A line that takes no more than there is room for.
private struct BoundedLine {
  private(set) var line: TextLine
  private let width: Int
  private var isFull = false

  init(hasColor: Bool, width: Int) {
    line = TextLine(hasColor: hasColor)
    self.width = width
  }

  mutating func append(_ piece: String, _ style: TextStyle = .plain) {
    guard !isFull else { return }
    if line.columns + piece.count <= width - 1 {
      line.append(piece, style)
    } else {
      isFull = true
      line.append("…", .dim)
    }
  }
}
