import Packets
package import Trajectories

/// Packets as OpenTelemetry traces (OTLP/JSON): a trace for each packet, a span for each hop, a
/// resource for each node.
///
/// Each line is one request to a collector. Unless the user asks for more, it is a sample.
package final class OTLPReport: TraceReport {
  private static let sampleLimit = 100
  /// Traces of one request.
  private static let batch = 200

  private var writer: OTLPWriter
  private var sample = PacketSample(selection: nil)
  private let selection: PacketSelection?
  private var batch: [Trajectory] = []
  private var taken = 0

  /// - Parameters:
  ///   - files: the inputs' paths as given, by number.
  ///   - addresses: the names of addresses.
  ///   - selection: which packets to export; nil for a sample.
  package init(
    files: [String], addresses: AddressNames = AddressNames(), selection: PacketSelection? = nil,
    sink: OutputSink
  ) {
    writer = OTLPWriter(files: files, addresses: addresses, sink: sink)
    self.selection = selection
  }

  package func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    guard let selection else {
      sample.add(trajectory)
      return
    }
    guard selection.includes(trajectory, after: taken) else { return }
    taken += 1
    batch.append(copy trajectory)
    if batch.count == Self.batch {
      writer.write(batch, points: points)
      batch.removeAll(keepingCapacity: true)
    }
  }

  package func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    if selection == nil { batch = sample.packets.prefix(Self.sampleLimit).map(\.trajectory) }
    if !batch.isEmpty { writer.write(batch, points: points) }
  }
}
