import Captures
import Foundation
import TestSupport
import Testing
import Topology
import Trajectories

/// Live sources that have nothing to tell of clocks for longer than a sample is taken.
struct QuietStartTests {
  /// A node's capture of several points as it is streamed.
  private struct Stream {
    let node: String
    /// The points, and statistics of them.
    private(set) var beginning: [UInt8]
    /// Halves of the packets, by their order of time.
    private(set) var packets: [[UInt8]] = []

    /// - Parameters:
    ///   - shift: by how many nanoseconds the node's clock is ahead.
    ///   - hasFirst: whether a frame is there from the beginning that goes no further.
    init(node: String, points: [String], shift: Int64, hasFirst: Bool) throws {
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
      records.sort { ($0.time, $0.interface) < ($1.time, $1.interface) }
      if hasFirst, let first = records.first {
        // An ARP request of the bridge (RFC 826).
        let addresses: [UInt8] = [2, 0, 0, 0, 0, 1, 10, 42, 1, 1, 0, 0, 0, 0, 0, 0, 10, 42, 1, 9]
        let request: [UInt8] =
          [255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + addresses
        stream.enhancedPacket(
          interface: 1, timestamp: UInt64(first.time - 1_000_000_000), request)
      }
      beginning = stream.bytes
      for half in [records[..<(records.count / 2)], records[(records.count / 2)...]] {
        let written = stream.bytes.count
        for record in half {
          stream.enhancedPacket(
            interface: record.interface, timestamp: UInt64(record.time), record.bytes)
        }
        packets.append(Array(stream.bytes[written...]))
      }
    }
  }

  /// All nodes of the lab have one clock; here the second node's is 5 s ahead.
  @Test(arguments: [false, true])
  func clocksAreLearntFromTheFirstPacketsThatCross(hasFirst: Bool) throws {
    let streams = [
      try Stream(
        node: "n1", points: ["veth11aa", "cni0", "flannel.1", "eth0"], shift: 0,
        hasFirst: hasFirst),
      try Stream(
        node: "n2", points: ["veth21aa", "cni0", "flannel.1", "eth0"], shift: 5_000_000_000,
        hasFirst: hasFirst),
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
    var written = 0
    // Of the last packet that was joined over both nodes.
    var hasDelays: Bool?
    analysis.follow(pipes.map { $0.fileHandleForReading.fileDescriptor }) {
      guard written < 2, start.duration(to: .now) > .seconds(2 + 3 * written) else {
        return .goOn
      }
      let half = written
      written += 1
      for (stream, pipe) in zip(streams, pipes) {
        let (writer, packets) = (pipe.fileHandleForWriting, stream.packets[half])
        Thread.detachNewThread {
          try? writer.write(contentsOf: packets)
          if half == 1 { try? writer.close() }
        }
      }
      return .goOn
    } emit: { trajectory, table in
      let nodes = Set(trajectory.hops.map { table[$0.observation.point].node })
      if nodes.count > 1 {
        hasDelays = trajectory.hops.dropFirst().allSatisfy { $0.delay != nil }
      }
    }
    let offset = try #require(analysis.clockEstimates.first?.offset)
    #expect(abs(offset - 5_000_000_000) < 1_000_000)
    #expect(hasDelays == true)
    withExtendedLifetime(pipes) {}
  }
}
