import Captures
import Foundation
import Scoring
import TestSupport
import Testing
import Trajectories

/// Times that no clock shows are read like any other: what they make of delays, clocks and moments has room in
/// 64 bits.
struct HostileTimeTests {
  private static let extremes: [Int64] = [
    .min, .min + 1, -(1 << 62), -(1 << 58) - 1, -1, 0, 1 << 62, 7 << 60, .max - 1, .max,
  ]

  /// The demo's packets of a node in one capture, of which one in so many has a time from the extremes.
  private static func capture(
    node: String, points: [String], oneIn share: Int, _ generator: inout SeededGenerator
  ) throws -> [UInt8] {
    var capture = PcapngBytes()
    capture.section(.little)
    for (index, point) in points.enumerated() {
      capture.interface(options: [(2, Array("\(node)/\(point)".utf8)), (9, [9])])
      let file = Checkout.folder.appending(path: "Fixtures/demo/\(node)-\(point).pcap").path
      var reader = try CaptureReader(path: file)
      while try reader.advance() {
        let record = reader.record()
        let isHostile = Int.random(in: 0..<share, using: &generator) == 0
        let time = isHostile ? extremes.randomElement(using: &generator) ?? 0 : record.time
        capture.enhancedPacket(
          interface: UInt32(index), timestamp: UInt64(bitPattern: time),
          record.bytes.withUnsafeBytes { Array($0) })
      }
    }
    return capture.bytes
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>, [3, 100])
  func endWell(seed: UInt64, oneIn share: Int) throws {
    var generator = SeededGenerator(seed: seed)
    let files = try [("n1", ["veth11aa", "cni0", "eth0"]), ("n2", ["eth0", "veth21aa"])].map {
      try TemporaryFile(
        Self.capture(node: $0.0, points: $0.1, oneIn: share, &generator), named: "\($0.0).pcapng")
    }
    withExtendedLifetime(files) {
      let run = TraceRun(files.map(\.path))
      #expect(run.totals.observations > 0)
      #expect(!run.trajectories.isEmpty)
    }
  }
}
