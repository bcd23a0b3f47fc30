import Captures
import TestSupport
import Testing

/// Placing a reader in the middle of a capture, against walking through it.
@Suite struct SamplingTests {
  /// A capture and where its records begin.
  struct Sample {
    var bytes: [UInt8]
    var starts: [Int] = []
  }

  /// Packets that hold a capture of their own: what a reader must not take for the real records.
  static let nested: [UInt8] = {
    var pcap = PcapBytes()
    for index in 0..<500 {
      pcap.append(
        seconds: 1_700_000_000 + UInt32(index), fraction: 5, [UInt8](repeating: 9, count: 60))
    }
    return [UInt8](pcap.bytes.dropFirst(24))
  }()

  static func packet(_ index: Int) -> [UInt8] {
    index.isMultiple(of: 50)
      ? nested : [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 1 + index * 37 % 1_400)
  }

  static let pcap = pcap(snapshotLength: 262_144) { packet($0) }

  static func pcap(
    snapshotLength: UInt32, count: Int = 8_000, _ packet: (Int) -> [UInt8]
  ) -> Sample {
    var pcap = PcapBytes(snapshotLength: snapshotLength)
    var sample = Sample(bytes: [])
    for index in 0..<count {
      sample.starts.append(pcap.bytes.count)
      pcap.append(
        seconds: 1_700_000_000 + UInt32(index / 10), fraction: UInt32(index % 10), packet(index))
    }
    sample.bytes = pcap.bytes
    return sample
  }

  static let pcapng: Sample = {
    var pcapng = PcapngBytes()
    pcapng.section(.big)
    pcapng.interface()
    var sample = Sample(bytes: [])
    for index in 0..<8_000 {
      sample.starts.append(pcapng.bytes.count)
      pcapng.enhancedPacket(timestamp: UInt64(index), packet(index))
    }
    sample.bytes = pcapng.bytes
    return sample
  }()

  static let places = stride(from: 0, to: 1_000, by: 37).map { $0 }

  static let somePlaces = stride(from: 0, to: 1_000, by: 173).map { $0 }

  @Test(arguments: places) func pcapRecord(_ place: Int) throws {
    try expectFirstRecord(of: Self.pcap, at: place)
  }

  /// By what is kept of packets it is known how far a capture inside of one may reach.
  @Test(arguments: [0, 40_000]) func pcapRecord(snapshotLength: UInt32) throws {
    let sample = Self.pcap(snapshotLength: snapshotLength) { Self.packet($0) }
    for place in Self.somePlaces { try expectFirstRecord(of: sample, at: place) }
  }

  /// Packets of which less is kept, and as some writers have it, who keep them whole but say otherwise.
  @Test(arguments: [96, 2_000]) func pcapRecord(keptLength: Int) throws {
    let sample = Self.pcap(snapshotLength: 96) { Array(Self.packet($0).prefix(keptLength)) }
    for place in Self.somePlaces { try expectFirstRecord(of: sample, at: place) }
  }

  /// As where packets are not cut by the network card, which the writer does not count with.
  @Test func pcapRecordInLargePackets() throws {
    let nested = Self.nested + Self.nested.prefix(24 * 1_024 / 76 * 76)
    let sample = Self.pcap(snapshotLength: 1_500, count: 400) { _ in nested }
    for place in Self.somePlaces { try expectFirstRecord(of: sample, at: place) }
  }

  @Test(arguments: places) func pcapngRecord(_ place: Int) throws {
    try expectFirstRecord(of: Self.pcapng, at: place)
  }

  /// `place` is in thousandths of the capture's length.
  func expectFirstRecord(of sample: Sample, at place: Int) throws {
    let offset = sample.bytes.count * place / 1_000
    let file = try TemporaryFile(sample.bytes)
    var reader = try CaptureReader(path: file.path)
    let isPlaced = reader.resynchronise(at: UInt64(offset))
    #expect(isPlaced)
    let start = try #require(sample.starts.first { $0 >= offset })
    #expect(reader.byteOffset == UInt64(start))
    let rest = Reading(reader: &reader).records
    #expect(rest.map(\.frame).allSatisfy { $0 == 0 }, "frame numbers are unknown")
    reader.rewind()
    let all = Reading(reader: &reader).records
    let isSuffix = rest.map(\.time) == all.suffix(rest.count).map(\.time)
    #expect(isSuffix)
    let isCounted = all.map(\.frame) == sample.starts.indices.map { UInt64($0 + 1) }
    #expect(isCounted)
  }

  @Test(arguments: [0, 1, 17, 60_000]) func lastTime(_ cut: Int) throws {
    for sample in [Self.pcap, Self.pcapng] {
      let file = try TemporaryFile([UInt8](sample.bytes.dropLast(cut)))
      let last = Reading(path: file.path).records.last?.time
      var reader = try CaptureReader(path: file.path)
      #expect(try reader.lastRecordTime() == last)
      #expect(Reading(reader: &reader).records.first?.frame == 1)
    }
  }

  /// When records come, in microseconds: evenly, ever more seldom, ever more often, and in one burst.
  static let rhythms: [@Sendable (Int) -> Int] = [
    { $0 * 5_000 }, { $0 * $0 }, { 64_000_000 - (8_000 - $0) * (8_000 - $0) },
    { $0 < 1_000 ? $0 * 9_000 : 9_000_000 + $0 },
  ]

  @Test(arguments: rhythms.indices) func moments(_ rhythm: Int) throws {
    let start = 1_700_000_000
    var pcap = PcapBytes()
    let times = (0..<8_000).map(Self.rhythms[rhythm])
    for (index, time) in times.enumerated() {
      pcap.append(
        seconds: UInt32(start + time / 1_000_000), fraction: UInt32(time % 1_000_000),
        Self.packet(index))
    }
    let file = try TemporaryFile(pcap.bytes)
    var reader = try CaptureReader(path: file.path)
    let last = Int64(start * 1_000_000 + times[7_999]) * 1_000
    for index in stride(from: 0, to: 8_000, by: 333) {
      // Also by a wrong time of the last record.
      for guess in [last, last - 1_000_000_000, last + 3_600_000_000_000, 0] {
        let time = Int64(start * 1_000_000 + times[index]) * 1_000
        let isFound = reader.seek(to: time - 1, last: guess)
        #expect(isFound)
        let found = reader.current.time
        #expect(found == time)
      }
    }
    let isFound = reader.seek(to: last + 1, last: last)
    #expect(!isFound)
  }

  /// What a computer left that stopped while it captured: zeros behind the records.
  @Test func momentsBeforeWhatCannotBeRead() throws {
    var bytes = Self.pcap.bytes
    bytes += [UInt8](repeating: 0, count: bytes.count)
    let file = try TemporaryFile(bytes)
    var reader = try CaptureReader(path: file.path)
    let last = try reader.lastRecordTime()
    #expect(last == 1_700_000_799_000_009_000)
    for second in stride(from: 267, to: 800, by: 267) {
      let time = (1_700_000_000 + Int64(second)) * 1_000_000_000
      // The first look is behind the records.
      let isFound = reader.seek(to: time, last: time + 1)
      #expect(isFound)
      let found = reader.current.time
      #expect(found == time)
      #expect(reader.frame == 0, "not read from the start")
    }
  }

  @Test func nothingPlausible() throws {
    var pcap = PcapBytes()
    pcap.append(seconds: 1, fraction: 0, [UInt8](repeating: 0, count: 1_000))
    let file = try TemporaryFile(pcap.bytes)
    var reader = try CaptureReader(path: file.path)
    #expect(reader.resynchronise(at: 30) == false)
    #expect(reader.resynchronise(at: 10_000) == false)
    #expect(Reading(reader: &reader).records.map(\.frame) == [1], "the reader stays where it was")
  }

  @Test func noRecords() throws {
    let file = try TemporaryFile(PcapBytes().bytes)
    var reader = try CaptureReader(path: file.path)
    #expect(try reader.lastRecordTime() == nil)
    #expect(reader.resynchronise(at: 0) == false)
  }

  @Test func releasedPagesCanBeReadAgain() throws {
    let file = try TemporaryFile(Self.pcap.bytes)
    var reader = try CaptureReader(path: file.path)
    let first = Reading(reader: &reader)
    reader.releasePages(before: reader.byteOffset)
    reader.rewind()
    reader.releasePages(before: 100_000)
    let isSame = Reading(reader: &reader) == first
    #expect(isSame)
  }
}
