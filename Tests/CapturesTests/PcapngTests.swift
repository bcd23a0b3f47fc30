import Captures
import TestSupport
import Testing

@Suite struct PcapngTests {
  static func text(_ string: String) -> [UInt8] { [UInt8](string.utf8) }

  /// Every kind of block, with five packets on two interfaces.
  static func capture(_ order: ByteWriter.Order) -> [UInt8] {
    var pcapng = PcapngBytes()
    pcapng.section(order)
    pcapng.interface(
      linkType: 1, snapshotLength: 4,
      options: [
        (2, text("cni0")), (3, text("bridge")), (9, [9]), (11, [0] + text("udp port 8472")),
      ])
    pcapng.block(4) { $0.append(UInt32(0)) }
    pcapng.enhancedPacket(timestamp: 5, [1], originalLength: 60, options: [(1, text("note"))])
    pcapng.interface(linkType: 276, options: [(9, [3]), (14, pcapng.value(Int64(-2)))])
    pcapng.enhancedPacket(interface: 1, timestamp: 4_001, [1, 2])
    pcapng.block(0x0000_0bad) { $0.append(UInt32(32_473)) }
    pcapng.obsoletePacket(interface: 0, timestamp: 1 << 32, [1, 2, 3])
    pcapng.simplePacket([1, 2, 3, 4], originalLength: 100)
    pcapng.block(0x8000_0001) { $0.append(UInt64(1)) }
    pcapng.statistics(
      interface: 0,
      options: [
        (2, pcapng.value(UInt32(1)) + pcapng.value(UInt32(2))),
        (3, pcapng.value(UInt32(0)) + pcapng.value(UInt32(77))),
        (4, pcapng.value(UInt64(10))), (5, pcapng.value(UInt64(3))),
        (7, pcapng.value(UInt64(4))),
      ])
    pcapng.enhancedPacket(timestamp: 9, [1, 2, 3, 4, 5])
    return pcapng.bytes
  }

  static func records(from frame: UInt64 = 1, interface: Int = 0) -> [Reading.Record] {
    func record(
      _ index: UInt64, _ bytes: [UInt8], _ time: Int64, _ originalLength: UInt32, on offset: Int = 0
    ) -> Reading.Record {
      .init(
        bytes: bytes, time: time, originalLength: originalLength, interface: interface + offset,
        frame: frame + index)
    }
    return [
      record(0, [1], 5, 60),
      record(1, [1, 2], 2_001_000_000, 2, on: 1),
      record(2, [1, 2, 3], 4_294_967_296, 3),
      record(3, [1, 2, 3, 4], 0, 100),
      record(4, [1, 2, 3, 4, 5], 9, 5),
    ]
  }

  @Test func enhancedPacketByHand() throws {
    let bytes: [UInt8] = [
      0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 28,
      0, 0, 0, 1, 0, 0, 0, 20, 0, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20,
      0, 0, 0, 6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9,
      0xcc, 0, 0, 0, 0, 0, 0, 36,
    ]
    let file = try TemporaryFile(bytes)
    var reader = try CaptureReader(path: file.path)
    #expect(reader.interfaces.map(\.linkType) == [.rawIP])
    let reading = Reading(reader: &reader)
    #expect(reading.error == nil)
    #expect(
      reading.records == [
        .init(bytes: [0xcc], time: 4_294_967_298_000, originalLength: 9, interface: 0, frame: 1)
      ])
  }

  @Test(arguments: ByteWriter.Order.allCases) func everyBlock(_ order: ByteWriter.Order) throws {
    let file = try TemporaryFile(Self.capture(order))
    var reader = try CaptureReader(path: file.path)
    #expect(reader.interfaces.map(\.name) == ["cni0"], "described before the first packet")
    let reading = Reading(reader: &reader)
    #expect(reading.error == nil)
    #expect(reading.records == Self.records())

    try #require(reader.interfaces.count == 2)
    let first = reader.interfaces[0]
    #expect(first.linkType == .ethernet)
    #expect(first.description == "bridge")
    #expect(first.filter == "udp port 8472")
    #expect(first.snapshotLength == 4)
    #expect(first.timestampResolution == 1)
    #expect(first.drops == 7)
    #expect(first.startTime == 4_294_967_298)
    #expect(first.endTime == 77)
    let second = reader.interfaces[1]
    #expect(second.linkType == .linuxCooked2)
    #expect(second.name == nil)
    #expect(second.timestampResolution == 1_000_000)
    #expect(second.drops == nil)

    reader.rewind()
    #expect(Reading(reader: &reader) == reading, "reading again describes no interface twice")
  }

  /// Statistics stand at the beginning too, of captures that tell on the way what was dropped.
  @Test func earlierStatisticsDoNotUndoLaterOnes() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    for (drops, end) in [(UInt64(0), UInt32(1)), (7, 99)] {
      pcapng.statistics(
        interface: 0,
        options: [
          (3, pcapng.value(UInt32(0)) + pcapng.value(end)), (7, pcapng.value(drops)),
        ])
      pcapng.enhancedPacket(timestamp: UInt64(end), [1])
    }
    let file = try TemporaryFile(pcapng.bytes)
    var reader = try CaptureReader(path: file.path)
    #expect(try reader.lastRecordTime() == 99_000)
    reader.rewind()
    #expect(try reader.advance())
    #expect(reader.interfaces[0].drops == 7 && reader.interfaces[0].endTime == 99_000)
  }

  @Test func sectionsOfBothOrders() throws {
    let bytes = Self.capture(.big) + Self.capture(.little)
    let reading = try Reading(bytes)
    #expect(reading.error == nil)
    #expect(reading.records == Self.records() + Self.records(from: 6, interface: 2))
    #expect(reading.interfaceNames == ["cni0", nil, "cni0", nil])
    #expect(Reading(piping: bytes, name: "pipe") == reading)
  }

  @Test(arguments: ByteWriter.Order.allCases)
  func everyShorterCapture(_ order: ByteWriter.Order) throws {
    let bytes = Self.capture(order)
    var ends: Set<Int> = []
    var end = 0
    while end < bytes.count {
      let field = bytes[end + 4..<end + 8]
      let digits = order == .big ? [UInt8](field) : field.reversed()
      end += digits.reduce(0) { $0 << 8 | Int($1) }
      ends.insert(end)
    }
    for length in 0..<bytes.count {
      let reading = try Reading([UInt8](bytes.prefix(length)))
      #expect(reading.records == [Reading.Record](Self.records().prefix(reading.records.count)))
      let code: CaptureError.Code? =
        switch length {
        case 0: .empty
        case 1..<4: .notACapture
        case _ where ends.contains(length): nil
        default: .truncated
        }
      #expect(reading.error?.code == code, "\(length) bytes")
    }
  }

  /// Every byte of a capture set to other values in turn: no outcome but records and at most one
  /// error.
  @Test(arguments: ByteWriter.Order.allCases, [UInt8(0), 1, 0x7f, 0x80, 0xff])
  func everyDamagedByte(_ order: ByteWriter.Order, _ value: UInt8) throws {
    let bytes = Self.capture(order)
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] = value
      let reading = try Reading(damaged)
      #expect(reading.records.count <= 5)
    }
  }

  @Test func undefinedInterface() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    pcapng.enhancedPacket(timestamp: 0, [1])
    pcapng.section(.little)
    pcapng.enhancedPacket(timestamp: 0, [1])
    let reading = try Reading(pcapng.bytes)
    #expect(reading.records.count == 1)
    #expect(reading.error?.code == .undefinedInterface)
    #expect(reading.error?.frame == 2)
  }

  @Test func capturedLengthBeyondItsBlock() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    pcapng.block(6) { body in
      body.append([UInt8](repeating: 0, count: 12))
      body.append(UInt32(5))
      body.append(UInt32(5))
      body.append(UInt32(0))
    }
    let error = try #require(try Reading(pcapng.bytes).error)
    #expect(error.code == .impossibleLength)
    #expect(error.explanation.contains("captured length 5: at most 4 bytes expected"))
  }

  @Test func lengthsThatDisagree() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    var bytes = pcapng.bytes
    bytes[24] = 32
    #expect(try Reading(bytes).error?.code == .impossibleLength)
  }

  @Test(arguments: [0, 8, 27, 16_777_220, 0xffff_fffc] as [UInt32])
  func impossibleBlockLength(_ length: UInt32) throws {
    var writer = ByteWriter(.little)
    for value: UInt32 in [0x0a0d_0d0a, length, 0x1a2b_3c4d, 1, .max, .max, length] {
      writer.append(value)
    }
    #expect(try Reading(writer.bytes).error?.code == .impossibleLength)
  }

  @Test func unknownVersion() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.big, majorVersion: 2)
    #expect(try Reading(pcapng.bytes).error?.code == .unsupportedVersion)
  }

  @Test func sectionHeaderWithoutMagic() throws {
    let bytes: [UInt8] = [0x0a, 0x0d, 0x0d, 0x0a] + [UInt8](repeating: 32, count: 24)
    #expect(try Reading(bytes).error?.code == .notACapture)
  }
}
