package import Trajectories

/// The report to look at: one HTML page. It is written at the end; until then only counts and a
/// sample of packets are kept.
package final class HTMLReport: TraceReport {
  private let collector = HotValue(StatisticsCollector())
  private var measurements = Measurements()
  private var sample: PacketSample
  private let files: [String]
  private let addresses: AddressNames
  private let sink: OutputSink

  /// - Parameters:
  ///   - files: the inputs' paths as given, by number.
  ///   - addresses: the names of addresses.
  ///   - selection: which single packets to show; nil for those that show most.
  package init(
    files: [String], addresses: AddressNames = AddressNames(), selection: PacketSelection? = nil,
    sink: OutputSink
  ) {
    self.files = files
    self.addresses = addresses
    self.sink = sink
    sample = PacketSample(selection: selection)
  }

  package func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    collector.value.add(trajectory, points: points)
    measurements.add(trajectory, places: collector.value.places)
    sample.add(trajectory)
  }

  package func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    var names = TextNames(files: files, addresses: addresses)
    names.update(from: points)
    let page = HTMLPage(
      names: names, statistics: collector.value.statistics, measurements: measurements,
      sample: sample, facts: facts)
    let bytes = page.render()
    sink.append(unsafe bytes.span.bytes)
  }
}
