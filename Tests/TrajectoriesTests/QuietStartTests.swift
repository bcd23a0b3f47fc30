import Captures
import Foundation
import TestSupport
import Testing
import Topology
import Trajectories

/// Live sources that have nothing to tell but statistics for longer than a sample is taken.
struct QuietStartTests {
  /// A node's capture of several points as it is streamed.
  private struct Stream {
    let node: String
    /// The points, and statistics of them.
    let beginning: [UInt8]
    let packets: [UInt8]

    /// - Parameter shift: by how many nanoseconds the node's clock is ahead.
    init(node: String, points: [String], shift: Int64) throws {
      self.node = node
      var stream = PcapngBytes()
      stream.section(.little)
      var records: [(time: Int64, interface: UInt32, bytes: [UInt8])] = []
      for (index, point) in points.enumerated() {
        // if_name, and if_tsresol: nanoseconds.
        stream.interface(options: [(2, Array("\(node)/\(point)".utf8)), (9, [9])])
        let file = Checkout.folder.appending(path: "Fixtures/demo/\(node)-\(point).pcap").path
        var reader = try CaptureReader(path: file)
        while try reader.advance() {
          let record = reader.record()
          let bytes = record.bytes.withUnsafeBytes { Array($0) }
          records.append((record.time + shift, UInt32(index), bytes))
        }
      }
      for index in points.indices {
        stream.statistics(interface: UInt32(index), options: [(5, stream.value(UInt64(0)))])
      }
      beginning = stream.bytes
      for record in records.sorted(by: { ($0.time, $0.interface) < ($1.time, $1.interface) }) {
        stream.enhancedPacket(
          interface: record.interface, timestamp: UInt64(record.time), record.bytes)
      }
      packets = Array(stream.bytes.dropFirst(beginning.count))
    }
  }

  /// All nodes of the lab have one clock; here the second node's is 5 s ahead.
  @Test func clocksAreLearntFromTheFirstPackets() throws {
    let streams = [
      try Stream(node: "n1", points: ["veth11aa", "cni0", "flannel.1", "eth0"], shift: 0),
      try Stream(
        node: "n2", points: ["veth21aa", "cni0", "flannel.1", "eth0"], shift: 5_000_000_000),
    ]
    let pipes = streams.map { _ in Pipe() }
    let inputs = streams.map {
      TraceInput(name: InputName("\($0.node)=\($0.node)") { _ in false }, naming: PointNaming())
    }
    let analysis = TraceAnalysis(inputs: inputs, snapshots: [:], options: AnalysisOptions())
    for (stream, pipe) in zip(streams, pipes) {
      try pipe.fileHandleForWriting.write(contentsOf: stream.beginning)
    }
    let start = ContinuousClock.now
    var isQuiet = true
    analysis.follow(pipes.map { $0.fileHandleForReading.fileDescriptor }) {
      guard isQuiet, start.duration(to: .now) > .seconds(1.5) else { return .goOn }
      isQuiet = false
      for (stream, pipe) in zip(streams, pipes) {
        let (writer, packets) = (pipe.fileHandleForWriting, stream.packets)
        Thread.detachNewThread {
          try? writer.write(contentsOf: packets)
          try? writer.close()
        }
      }
      return .goOn
    } emit: { _, _ in
    }
    let offset = try #require(analysis.clockEstimates.first?.offset)
    #expect(abs(offset - 5_000_000_000) < 1_000_000)
    withExtendedLifetime(pipes) {}
  }
}
