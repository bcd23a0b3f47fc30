package import Trajectories

/// The report for people: the picture of all packets first, single packets last.
///
/// Where the user asks for more single packets than can wait, they are written as they come, and
/// the picture stands at the end.
package final class TextReport: TraceReport {
  /// With fewer packets than this a complete one is shown as an example if there is no trouble.
  private static let few: UInt64 = 1000

  private var buffer: OutputBuffer
  private var names: TextNames
  private let collected: HotValue<Collected>
  private let width: Int
  private let hasColor: Bool
  private let isUnicode: Bool
  private let hasSelection: Bool
  private var isStreaming: Bool

  /// What packets are counted and kept in.
  private struct Collected: ~Copyable {
    var statistics = StatisticsCollector()
    var shelf: PacketShelf
  }

  /// - Parameters:
  ///   - files: the inputs' paths as given, by number.
  ///   - addresses: the names of addresses.
  ///   - selection: which single packets to show; nil for a few that show most.
  ///   - width: columns of the terminal or page.
  ///   - isUnicode: whether more than ASCII can be shown.
  ///   - isLive: whether selected packets are written as they come.
  package init(
    files: [String], addresses: AddressNames = AddressNames(), selection: PacketSelection? = nil,
    width: Int = 100, hasColor: Bool = false, isUnicode: Bool = true, isLive: Bool = false,
    sink: OutputSink
  ) {
    isStreaming = isLive && selection != nil
    self.isUnicode = isUnicode
    buffer = OutputBuffer(sink: sink)
    names = TextNames(files: files, addresses: addresses)
    collected = HotValue(Collected(shelf: PacketShelf(selection: selection)))
    hasSelection = selection != nil
    self.width = width
    self.hasColor = hasColor
  }

  /// Takes a packet that the user selected; the others stay out of all that is reported.
  package func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    collected.value.statistics.add(trajectory, points: points)
    if collected.value.shelf.takesAny { shelve(trajectory, points: points) }
  }

  @inline(never)
  private func shelve(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    collected.value.shelf.add(trajectory)
    guard !collected.value.shelf.packets.isEmpty, collected.value.shelf.isFull || isStreaming
    else { return }
    names.update(from: points)
    isStreaming = true
    writePackets(collected.value.shelf.packets, nil)
    write([TextLine(hasColor: hasColor)])
    collected.value.shelf.removeAll()
  }

  package func flush() { buffer.flush() }

  /// Writes the picture, and the single packets unless they are written already.
  package func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    names.update(from: points)
    let statistics = collected.value.statistics.statistics
    let picture = PictureText(
      names: names, statistics: statistics, facts: facts, hasColor: hasColor,
      width: width
    )
    write(picture.lines())
    let isOnly = statistics.counts.traces == 1
    guard !facts.isSinglePoint || hasSelection || isOnly else { return buffer.flush() }
    let packets = collected.value.shelf.final(
      isFew: statistics.counts.traces <= Self.few)
    if !packets.isEmpty {
      write([TextLine(hasColor: hasColor)])
      let hasUnknownDelay = writePackets(packets, facts)
      // With more packets it stands below the table of legs.
      if hasUnknownDelay && isOnly { write([picture.clockNote()]) }
    }
    buffer.flush()
  }

  /// Tells whether a delay in them could not be told.
  @discardableResult
  private func writePackets(_ packets: [Trajectory], _ facts: AnalysisFacts?) -> Bool {
    var text = PacketText(
      names: names, statistics: collected.value.statistics.statistics, facts: facts,
      hasColor: hasColor, width: width
    )
    for (index, packet) in packets.enumerated() {
      if index > 0 { write([TextLine(hasColor: hasColor)]) }
      write(text.lines(for: packet))
    }
    return text.hasUnknownDelay
  }

  private func write(_ lines: [TextLine]) {
    for line in lines.flatMap({ $0.broken(at: width) }) {
      buffer.append(Array((isUnicode ? line.text : PlainCharacters.text(line.text)).utf8))
      buffer.append("\n")
    }
  }
}
