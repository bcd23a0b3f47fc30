import Captures
import Foundation
import TestSupport
import Testing

@Suite struct PcapTests {
  struct Format: Sendable {
    let order: ByteWriter.Order
    let magic: UInt32
    /// Nanoseconds in the fraction's unit.
    let unit: Int64
    let recordHeaderLength: Int
  }

  static let formats = ByteWriter.Order.allCases.flatMap { order in
    [
      Format(order: order, magic: 0xa1b2_c3d4, unit: 1_000, recordHeaderLength: 16),
      Format(order: order, magic: 0xa1b2_3c4d, unit: 1, recordHeaderLength: 16),
      Format(order: order, magic: 0xa1b2_cd34, unit: 1_000, recordHeaderLength: 24),
    ]
  }

  /// Two records, of 3 and of 5 bytes.
  static func capture(_ format: Format) -> [UInt8] {
    let fields = (1...8).prefix(format.recordHeaderLength - 16).map { UInt8($0) }
    var pcap = PcapBytes(
      format.order, magic: format.magic, snapshotLength: 96, fields: fields)
    pcap.append(seconds: 1, fraction: 7, [1, 2, 3])
    pcap.append(seconds: 0xffff_ffff, fraction: 999_999, [4, 5, 6, 7, 8], originalLength: 1_500)
    return pcap.bytes
  }

  @Test func microsecondsByHand() throws {
    let bytes: [UInt8] = [
      0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0x71, 0, 0, 0,
      0x10, 0x27, 0, 0, 0x05, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0xaa, 0xbb,
    ]
    let file = try TemporaryFile(bytes)
    var reader = try CaptureReader(path: file.path)
    #expect(reader.interfaces.map(\.linkType) == [.linuxCooked])
    #expect(reader.interfaces.map(\.snapshotLength) == [262_144])
    let reading = Reading(reader: &reader)
    #expect(reading.error == nil)
    #expect(
      reading.records == [
        .init(
          bytes: [0xaa, 0xbb], time: 10_000_000_005_000, originalLength: 9, interface: 0, frame: 1)
      ])
  }

  @Test(arguments: formats) func everyFormat(_ format: Format) throws {
    let file = try TemporaryFile(Self.capture(format))
    var reader = try CaptureReader(path: file.path)
    let isMapped = reader.isMapped
    #expect(isMapped)
    #expect(reader.interfaces.map(\.timestampResolution) == [format.unit])
    let reading = Reading(reader: &reader)
    #expect(reading.error == nil)
    #expect(
      reading.records == [
        .init(
          bytes: [1, 2, 3], time: 1_000_000_000 + 7 * format.unit, originalLength: 3, interface: 0,
          frame: 1),
        .init(
          bytes: [4, 5, 6, 7, 8], time: 4_294_967_295_000_000_000 + 999_999 * format.unit,
          originalLength: 1_500, interface: 0, frame: 2),
      ])
    #expect(reader.byteOffset == reader.size)
    reader.rewind()
    #expect(Reading(reader: &reader) == reading)
  }

  /// The lengths of a record as old versions have them, and what tcpdump takes them for: 2 bytes of 9.
  @Test(arguments: [
    (UInt8(2), UInt8(9), UInt8(2)), (3, 9, 2), (3, 2, 9), (4, 2, 9), (5, 2, 9),
  ])
  func lengthsOfOldVersions(_ minorVersion: UInt8, _ first: UInt8, _ second: UInt8) throws {
    let bytes: [UInt8] = [
      0xd4, 0xc3, 0xb2, 0xa1, 2, 0, minorVersion, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
      0x10, 0x27, 0, 0, 0x05, 0, 0, 0, first, 0, 0, 0, second, 0, 0, 0, 0xaa, 0xbb,
    ]
    let reading = try Reading(bytes)
    #expect(reading.error == nil)
    #expect(reading.records.map(\.bytes) == [[0xaa, 0xbb]])
    #expect(reading.records.map(\.originalLength) == [9])
  }

  @Test(arguments: formats) func everyShorterCapture(_ format: Format) throws {
    let bytes = Self.capture(format)
    let firstEnd = 24 + format.recordHeaderLength + 3
    for length in 0..<bytes.count {
      let prefix = [UInt8](bytes.prefix(length))
      let reading = try Reading(prefix)
      #expect(reading.records.count == (length < firstEnd ? 0 : 1), "\(length) bytes")
      let code: CaptureError.Code? =
        switch length {
        case 0: .empty
        case 1..<4: .notACapture
        case 24, firstEnd: nil
        default: .truncated
        }
      #expect(reading.error?.code == code, "\(length) bytes")
      let piped = Reading(piping: prefix, name: "pipe")
      #expect(piped.records == reading.records)
      #expect(piped.error?.code == code)
    }
  }

  @Test func truncationIsLocated() throws {
    let bytes = [UInt8](Self.capture(Self.formats[0]).dropLast())
    let error = try #require(try Reading(bytes).error)
    #expect(error.frame == 2)
    #expect(error.byteOffset == 24 + 16 + 3)
    #expect(error.description.contains(": frame 2 at byte 43: "))
    #expect(error.description.contains("21 bytes expected, 20 there"))
  }

  @Test(arguments: [UInt32(1 << 20) + 1, 0x7fff_ffff, 0xffff_ffff])
  func impossibleLength(_ length: UInt32) throws {
    var pcap = PcapBytes()
    pcap.append(seconds: 1, fraction: 0, [1])
    for value in [UInt32(2), 0, length, length] {
      var writer = ByteWriter(.little)
      writer.append(value)
      pcap.append(writer.bytes)
    }
    let reading = try Reading(pcap.bytes)
    #expect(reading.records.count == 1)
    #expect(reading.error?.code == .impossibleLength)
    #expect(reading.error?.frame == 2)
    #expect(reading.error?.byteOffset == 41)
  }

  @Test func invalidFractionsAreCarried() throws {
    var pcap = PcapBytes(.big)
    pcap.append(seconds: 1, fraction: 1_500_000, [])
    pcap.append(seconds: 0xffff_ffff, fraction: 0xffff_ffff, [])
    #expect(
      try Reading(pcap.bytes).records.map(\.time) == [2_500_000_000, 4_294_971_589_967_295_000])
  }

  @Test func originalLengthIsNotLessThanCaptured() throws {
    var pcap = PcapBytes()
    pcap.append(seconds: 1, fraction: 0, [1, 2, 3], originalLength: 2)
    #expect(try Reading(pcap.bytes).records.map(\.originalLength) == [3])
  }

  @Test func linkTypeWithoutFrameCheckBits() throws {
    let file = try TemporaryFile(PcapBytes(linkType: 0x5c00_0114).bytes)
    let reader = try CaptureReader(path: file.path)
    #expect(reader.interfaces.map(\.linkType) == [.linuxCooked2])
  }

  @Test func recordsOfBigTCP() throws {
    var pcap = PcapBytes(snapshotLength: 0)
    pcap.append(seconds: 1, fraction: 0, [UInt8](repeating: 7, count: 524_280))
    pcap.append(seconds: 2, fraction: 0, [1])
    #expect(try Reading(pcap.bytes).records.map(\.bytes.count) == [524_280, 1])
    #expect(Reading(piping: pcap.bytes, name: "pipe").records.map(\.bytes.count) == [524_280, 1])
  }
}
