package import Trajectories

/// The JSON Lines report: one `trace` line for each packet, then what they show together.
///
/// The field names are an interface that others read.
package final class JSONReport: TraceReport {
  private var writer: JSONTraceWriter
  private let statistics = HotValue(StatisticsCollector())
  private let selection: PacketSelection
  private var written = 0

  /// - Parameters:
  ///   - files: the inputs' paths as given, by number.
  ///   - addresses: the names of addresses.
  package init(
    files: [String], addresses: AddressNames = AddressNames(), selection: PacketSelection = .all,
    sink: OutputSink
  ) {
    writer = JSONTraceWriter(files: files, addresses: addresses, sink: sink)
    self.selection = selection
  }

  /// Takes a packet that the user selected; the others stay out of all that is reported.
  package func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    statistics.value.add(trajectory, points: points)
    guard selection.includes(trajectory, after: written) else { return }
    written += 1
    writer.write(trajectory, points: points)
  }

  package func flush() { writer.buffer.flush() }

  /// Writes what stands after all traces.
  package func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    writer.takePoints(of: points)
    for finding in facts.findings { writer.write(finding, nodes: facts.nodes) }
    for clock in facts.clocks { writer.write(clock) }
    for leg in statistics.value.statistics.legs.legs { writer.write(leg) }
    for (number, point) in facts.points.enumerated() { writer.write(point, number: number) }
    writer.write(statistics.value.counts, facts)
    writer.buffer.flush()
  }
}
