import Captures
import TestSupport
import Testing

/// Records that are read in runs: each one that is whole, and the same as record by record.
@Suite struct RecordRunTests {
  private static let limits = [1, 2, 3, Int.max]

  /// Reads a file in runs of so many at the most, and holds it to what is read record by record.
  private static func reading(_ bytes: [UInt8], limit: Int = .max) throws -> Reading {
    let file = try TemporaryFile(bytes)
    let reading = Reading(path: file.path, runLimit: limit)
    let other = Reading(path: file.path)
    #expect(reading.records == other.records)
    #expect(reading.error == other.error)
    #expect(reading.interfaceNames == other.interfaceNames)
    return reading
  }

  /// A packet that tells its number, of a length of its own: some are empty, some are cut off.
  private struct Packet {
    let bytes: [UInt8]
    let originalLength: UInt32

    init(_ number: Int) {
      let length = [0, 1, 3, 96, 0, 17, 4][number % 7]
      bytes = [UInt8](repeating: UInt8(number), count: length)
      originalLength = UInt32(length == 96 ? 1500 : length)
    }
  }

  private static let packets = (0..<9).map(Packet.init)

  /// A pcap of the packets, and where each record ends.
  private static func pcap(_ format: PcapTests.Format) -> (bytes: [UInt8], ends: [Int]) {
    let fields = [UInt8](repeating: 7, count: format.recordHeaderLength - 16)
    var pcap = PcapBytes(format.order, magic: format.magic, snapshotLength: 96, fields: fields)
    let ends = packets.enumerated().map { number, packet in
      pcap.append(
        seconds: 1_700_000_000 + UInt32(number), fraction: 5, packet.bytes,
        originalLength: packet.originalLength)
      return pcap.bytes.count
    }
    return (pcap.bytes, ends)
  }

  /// The packets' records as they were put into the file.
  private static func records(_ format: PcapTests.Format, count: Int) -> [Reading.Record] {
    packets.prefix(count).enumerated().map { number, packet in
      Reading.Record(
        bytes: packet.bytes,
        time: (1_700_000_000 + Int64(number)) * 1_000_000_000 + 5 * format.unit,
        originalLength: packet.originalLength, interface: 0, frame: UInt64(number + 1))
    }
  }

  @Test(arguments: PcapTests.formats, limits)
  func recordsOfAPcap(_ format: PcapTests.Format, limit: Int) throws {
    let reading = try Self.reading(Self.pcap(format).bytes, limit: limit)
    #expect(reading.records == Self.records(format, count: 9))
    #expect(reading.error == nil)
    // All are at hand.
    let rest = limit == 2 ? [1] : []
    let lengths = limit == .max ? [9] : Array(repeating: limit, count: 9 / limit) + rest
    #expect(reading.runLengths == lengths)
  }

  /// The file ends anywhere: within a record's header, within its bytes, exactly at its end.
  @Test(arguments: PcapTests.formats) func everyShorterPcap(_ format: PcapTests.Format) throws {
    let (bytes, ends) = Self.pcap(format)
    for length in 24...bytes.count {
      let prefix = [UInt8](bytes.prefix(length))
      let count = ends.count { $0 <= length }
      let isWhole = length == 24 || ends.contains(length)
      for limit in [2, Int.max] {
        let reading = try Self.reading(prefix, limit: limit)
        #expect(reading.records == Self.records(format, count: count), "\(length) bytes")
        #expect(reading.error?.code == (isWhole ? nil : .truncated), "\(length) bytes")
      }
    }
  }

  /// The mapping ends with its last page: nothing behind it may be read. `rest` is what the last record lacks, or
  /// what is left of another record's header.
  @Test(arguments: [-15, -1, 0, 1, 3, 4, 15])
  func theLastRecordEndsAtThePagesEnd(rest: Int) throws {
    var pcap = PcapBytes()
    let packet = [UInt8](repeating: 3, count: 4096 - 24 - 2 * 16 - rest)
    pcap.append(seconds: 1, fraction: 0, [])
    pcap.append(seconds: 2, fraction: 0, packet)
    pcap.append(seconds: 3, fraction: 0, [9])
    let bytes = [UInt8](pcap.bytes.prefix(4096))
    let reading = try Self.reading(bytes)
    let whole = rest < 0 ? [[]] : [[], packet]
    #expect(reading.records.map(\.bytes) == whole)
    #expect(reading.runLengths == [whole.count])
    #expect(reading.error?.code == (rest == 0 ? nil : .truncated))
  }

  /// What no record may say ends the run before it.
  @Test(arguments: [UInt32(1 << 20) + 1, 0x7fff_ffff, 0xffff_ffff], [true, false])
  func impossibleLengths(length: UInt32, isFirst: Bool) throws {
    var pcap = PcapBytes()
    if !isFirst { pcap.append(seconds: 1, fraction: 0, [1, 2, 3]) }
    var writer = ByteWriter(.little)
    for value in [UInt32(2), 0, length, length] { writer.append(value) }
    pcap.append(writer.bytes)
    pcap.append([UInt8](repeating: 0, count: 40))
    let reading = try Self.reading(pcap.bytes)
    #expect(reading.records.map(\.bytes) == (isFirst ? [] : [[1, 2, 3]]))
    #expect(reading.error?.code == .impossibleLength)
  }

  /// The buffer of a stream ends anywhere in a record; runs go on where it was filled again.
  @Test(arguments: limits) func recordsOfAStream(limit: Int) {
    var pcap = PcapBytes()
    let packets = (0..<700).map { number in
      [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number * 37 % 1500)
    }
    for (number, packet) in packets.enumerated() {
      pcap.append(seconds: UInt32(number), fraction: 0, packet, originalLength: 1500)
    }
    let reading = Reading(piping: pcap.bytes, name: "pipe", runLimit: limit)
    #expect(reading.records.map(\.bytes) == packets)
    #expect(reading.records.map(\.frame) == Array(1...700))
    #expect(reading.error == nil)
  }

  /// Two interfaces by turns, in runs of 1, 2 and 3 records; the lengths are those of the runs.
  private static func pcapng(
    _ order: ByteWriter.Order
  ) -> (bytes: [UInt8], ends: [Int], runs: [Int]) {
    var pcapng = PcapngBytes()
    pcapng.section(order)
    pcapng.interface()
    pcapng.interface(options: [(9, [9])])
    var ends = [pcapng.bytes.count]
    for (number, interface) in [0, 1, 1, 0, 0, 0, 1, 0, 0].enumerated() {
      // A comment behind some.
      let comment: [(UInt16, [UInt8])] = [(1, Array("packet".utf8))]
      pcapng.enhancedPacket(
        interface: UInt32(interface), timestamp: UInt64(number + 1), packets[number].bytes,
        originalLength: packets[number].originalLength,
        options: number % 3 == 0 ? comment : [])
      ends.append(pcapng.bytes.count)
    }
    return (pcapng.bytes, ends, [1, 2, 3, 1, 2])
  }

  private static func pcapngRecords(count: Int) -> [Reading.Record] {
    [0, 1, 1, 0, 0, 0, 1, 0, 0].prefix(count).enumerated().map { number, interface in
      // Microseconds, or nanoseconds as the option says.
      Reading.Record(
        bytes: packets[number].bytes, time: Int64(number + 1) * (interface == 0 ? 1000 : 1),
        originalLength: packets[number].originalLength, interface: interface,
        frame: UInt64(number + 1))
    }
  }

  @Test(arguments: ByteWriter.Order.allCases, limits)
  func recordsOfAPcapng(_ order: ByteWriter.Order, limit: Int) throws {
    let (bytes, _, runs) = Self.pcapng(order)
    let reading = try Self.reading(bytes, limit: limit)
    #expect(reading.records == Self.pcapngRecords(count: 9))
    #expect(reading.error == nil)
    if limit == .max { #expect(reading.runLengths == runs) }
  }

  @Test(arguments: ByteWriter.Order.allCases)
  func everyShorterPcapng(_ order: ByteWriter.Order) throws {
    let (bytes, ends, _) = Self.pcapng(order)
    for length in ends[0]...bytes.count {
      let prefix = [UInt8](bytes.prefix(length))
      let count = ends.dropFirst().count { $0 <= length }
      for limit in [2, Int.max] {
        let reading = try Self.reading(prefix, limit: limit)
        #expect(reading.records == Self.pcapngRecords(count: count), "\(length) bytes")
        #expect(reading.error?.code == (ends.contains(length) ? nil : .truncated))
      }
    }
  }

  /// Blocks that are no Enhanced Packet Block end a run, and the reader goes on behind them: packets of another
  /// kind of block are read on their own.
  @Test(arguments: limits) func otherBlocksEndARun(limit: Int) throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    pcapng.enhancedPacket(timestamp: 1, [1])
    pcapng.enhancedPacket(timestamp: 2, [2])
    pcapng.statistics(interface: 0, options: [])
    pcapng.enhancedPacket(timestamp: 3, [3])
    pcapng.simplePacket([4], originalLength: 1)
    pcapng.obsoletePacket(interface: 0, timestamp: 5, [5])
    pcapng.enhancedPacket(timestamp: 6, [6])
    pcapng.section(.big)
    pcapng.interface()
    pcapng.enhancedPacket(timestamp: 7, [7])
    let reading = try Self.reading(pcapng.bytes, limit: limit)
    #expect(reading.records.map(\.bytes) == (1...7).map { [$0] })
    #expect(reading.records.map(\.frame) == Array(1...7))
    #expect(reading.records.map(\.interface) == [0, 0, 0, 0, 0, 0, 1])
    #expect(reading.error == nil)
    if limit == .max { #expect(reading.runLengths == [2, 1, 0, 0, 1, 1]) }
  }

  /// A block whose lengths contradict each other, or hold less than the packet, is not taken for a record.
  @Test(arguments: [(place: 4, value: UInt8(40)), (20, 200), (32, 40), (8, 1)])
  func contradictoryBlocks(_ change: (place: Int, value: UInt8)) throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    pcapng.enhancedPacket(timestamp: 1, [1])
    let start = pcapng.bytes.count
    pcapng.enhancedPacket(timestamp: 2, [2])
    pcapng.enhancedPacket(timestamp: 3, [3])
    var bytes = pcapng.bytes
    bytes[start + change.place] = change.value
    let reading = try Self.reading(bytes)
    #expect(reading.records.map(\.bytes) == [[1]])
    #expect(reading.error != nil)
  }
}
