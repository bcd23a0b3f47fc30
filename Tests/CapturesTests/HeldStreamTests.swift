import Captures
import Foundation
import TestSupport
import Testing

/// A stream's beginning is read twice, its rest once.
struct HeldStreamTests {
  /// A pipe that a test writes to.
  private final class Source {
    private let pipe = Pipe()

    var descriptor: Int32 { pipe.fileHandleForReading.fileDescriptor }

    func write(_ bytes: some Sequence<UInt8>) throws {
      try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
    }

    func end() throws { try pipe.fileHandleForWriting.close() }
  }

  private static let limit = 1 << 20

  /// 90 records: few enough to wait in a pipe whole.
  private static let capture: [UInt8] = {
    var pcap = PcapBytes()
    for number in 0..<90 {
      let packet = (0..<400).map { UInt8(truncatingIfNeeded: $0 * number) }
      pcap.append(seconds: 1000 + UInt32(number), fraction: 5, packet)
    }
    return pcap.bytes
  }()

  private static let gzipped: [UInt8] = {
    let process = try? ChildProcess("gzip", ["-c"], input: capture)
    return [UInt8](process?.output ?? Data())
  }()

  @Test(arguments: [capture, gzipped]) func endedStreamIsLikeAFile(bytes: [UInt8]) throws {
    let source = Source()
    try source.write(bytes)
    try source.end()
    var reader = try CaptureReader(
      fileDescriptor: source.descriptor, name: "-", keepsStart: true)
    let wantsMore = reader.readAhead(limit: Self.limit, patience: 1000)
    #expect(!wantsMore)
    let canRewind = reader.canRewind
    #expect(canRewind)
    #expect(try reader.lastRecordTime() == 1_089_000_005_000)
    let expected = try Reading(Self.capture)
    #expect(Reading(reader: &reader) == expected)
    reader.rewind()
    #expect(Reading(reader: &reader) == expected)
  }

  @Test(arguments: [capture, gzipped]) func nothingIsTakenUntilItIsReadOn(bytes: [UInt8]) throws {
    let source = Source()
    let half = bytes.count / 2
    try source.write(bytes[..<half])
    var reader = try CaptureReader(
      fileDescriptor: source.descriptor, name: "-", keepsStart: true)
    let wantsMore = reader.readAhead(limit: Self.limit, patience: 10)
    #expect(wantsMore)
    try source.write(bytes[half...])
    try source.end()
    let beginning = Reading(reader: &reader)
    let (isStarved, canRewind) = (reader.isStarved, reader.canRewind)
    #expect(isStarved && !canRewind)
    #expect(beginning.error == nil)
    #expect(!beginning.records.isEmpty && beginning.records.count < 90)
    reader.rewind()
    reader.readOn(waits: true)
    #expect(Reading(reader: &reader) == (try Reading(Self.capture)))
  }

  /// Statistics of points where nothing happens are no record, and the beginning is the first record's.
  @Test func whatComesBeforeTheFirstRecordIsNotKept() throws {
    var quiet = PcapngBytes()
    quiet.section(.little)
    quiet.interface()
    for drops in 1...3 {
      quiet.statistics(interface: 0, options: [(5, quiet.value(UInt64(drops)))])
    }
    var whole = quiet
    whole.enhancedPacket(timestamp: 7_000_000, [1, 2, 3])
    let source = Source()
    // The last block of statistics has come in part.
    try source.write(quiet.bytes.dropLast(5))
    var reader = try CaptureReader(
      fileDescriptor: source.descriptor, name: "-", keepsStart: true)
    for _ in 0..<2 {
      _ = reader.readAhead(limit: Self.limit, patience: 10)
      let isThere = reader.holdsRecord()
      #expect(!isThere)
    }
    let drops = reader.interfaces.first?.drops
    #expect(drops == 2)
    try source.write(whole.bytes.dropFirst(quiet.bytes.count - 5))
    try source.end()
    _ = reader.readAhead(limit: Self.limit, patience: 1000)
    for _ in 0..<2 {
      let isThere = reader.holdsRecord()
      #expect(isThere)
      let reading = Reading(reader: &reader)
      #expect(reading.records == (try Reading(whole.bytes)).records)
      reader.rewind()
    }
    let allDrops = reader.interfaces.first?.drops
    #expect(allDrops == 3)
  }

  @Test func theFirstRecordIsGoneBackToWhileMoreIsExpected() throws {
    let source = Source()
    try source.write(Self.capture)
    var reader = try CaptureReader(
      fileDescriptor: source.descriptor, name: "-", keepsStart: true)
    _ = reader.readAhead(limit: Self.limit, patience: 10)
    for _ in 0..<2 {
      let isThere = reader.holdsRecord()
      #expect(isThere)
    }
    #expect(Reading(reader: &reader).records == (try Reading(Self.capture)).records)
  }

  /// A file header that has come alone is not gone back to.
  @Test(arguments: [[8, 90], [30, 60]]) func aBeginningWithoutARecord(lengths: [Int]) throws {
    let source = Source()
    try source.write(Self.capture[..<24])
    var reader = try CaptureReader(
      fileDescriptor: source.descriptor, name: "-", keepsStart: true)
    var written = 24
    for length in lengths {
      try source.write(Self.capture[written..<24 + length])
      written = 24 + length
      _ = reader.readAhead(limit: Self.limit, patience: 10)
      let isThere = reader.holdsRecord()
      #expect(!isThere)
    }
    try source.write(Self.capture[written...])
    try source.end()
    _ = reader.readAhead(limit: Self.limit, patience: 1000)
    for _ in 0..<2 {
      let isThere = reader.holdsRecord()
      #expect(isThere)
      #expect(Reading(reader: &reader) == (try Reading(Self.capture)))
      reader.rewind()
    }
  }

  @Test func noMoreIsTakenThanTheLimit() throws {
    let source = Source()
    try source.write(Self.capture)
    var reader = try CaptureReader(
      fileDescriptor: source.descriptor, name: "-", keepsStart: true)
    let wantsMore = reader.readAhead(limit: 1, patience: 1000)
    #expect(!wantsMore, "what opening it took is more than that")
  }

  @Test func theEndOfADamagedStreamIsNamedEachTime() throws {
    let source = Source()
    try source.write(Self.gzipped.dropLast(Self.gzipped.count / 3))
    try source.end()
    var reader = try CaptureReader(
      fileDescriptor: source.descriptor, name: "-", keepsStart: true)
    _ = reader.readAhead(limit: Self.limit, patience: 1000)
    let first = Reading(reader: &reader)
    #expect(first.error?.code == .truncated)
    #expect(first.error?.byteOffset == UInt64(Self.gzipped.count - Self.gzipped.count / 3))
    reader.rewind()
    #expect(Reading(reader: &reader) == first)
  }
}
