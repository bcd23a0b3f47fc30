import Captures
import TestSupport
import Testing

@testable import Reports

/// Frames are found in whatever order they are asked for.
@Suite struct FrameSourceTests {
  @Test(arguments: [UInt64(1), 2, 3])
  func findsFramesInAnyOrder(seed: UInt64) throws {
    let path = try #require(FixtureAnalysis.captures(of: "any").first)
    var lengths: [(length: Int, time: Int64)] = []
    var reader = try CaptureReader(path: path)
    while try reader.advance() {
      lengths.append((reader.record().bytes.byteCount, reader.record().time))
    }
    var source = try FrameSource(path: path)
    var state = seed
    for _ in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = state >> 33 % UInt64(lengths.count) + 1
      var found: (length: Int, time: Int64)?
      let isFound = source.withFrame(number) { record, _ in
        found = (record.bytes.byteCount, record.time)
      }
      try #require(isFound)
      let expected = lengths[Int(number) - 1]
      #expect(found?.length == expected.length && found?.time == expected.time)
    }
    for number in [0, UInt64(lengths.count) + 1, .max] {
      #expect(!source.withFrame(number) { _, _ in })
    }
  }
}
