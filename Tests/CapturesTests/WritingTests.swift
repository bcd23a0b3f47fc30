import Captures
import Foundation
import TestSupport
import Testing

/// What is written, against the formats' specifications and against what other tools read.
struct WritingTests {
  /// Gathers what a writer hands on.
  final class Taker {
    var bytes: [UInt8] = []
    /// Sizes of the pieces.
    var pieces: [Int] = []
    var limit = Int.max

    func take(_ piece: RawSpan) -> Bool {
      bytes += piece.withUnsafeBytes { [UInt8]($0) }
      pieces.append(piece.byteCount)
      return bytes.count < limit
    }
  }

  static func written(
    _ format: CaptureWriter.Format, _ body: (inout CaptureWriter) -> Void
  ) -> [UInt8] {
    let taker = Taker()
    var writer = CaptureWriter(format: format, application: "vxhop", taker.take)
    body(&writer)
    writer.flush()
    return taker.bytes
  }

  static let time: Int64 = 1_763_823_788_349_061_007

  @Test func pcapBytes() {
    let packet: [UInt8] = [1, 2, 3]
    let bytes = Self.written(.pcap(.rawIP)) {
      $0.append(packet.span.bytes, time: Self.time, originalLength: 1500, interface: 0)
    }
    var expected = PcapBytes(magic: 0xa1b2_3c4d, linkType: 101)
    expected.append(seconds: 1_763_823_788, fraction: 349_061_007, packet, originalLength: 1500)
    #expect(bytes == expected.bytes)
  }

  @Test func pcapngBytes() {
    let packet: [UInt8] = [1, 2, 3]
    let bytes = Self.written(.pcapng) {
      var interface = WrittenInterface(linkType: .ethernet, name: "n1/cni0")
      interface.filter = "udp"
      interface.description = "a bridge"
      #expect($0.addInterface(interface) == 0)
      $0.append(packet.span.bytes, time: Self.time, originalLength: 1500, interface: 0)
      $0.append(
        packet.span.bytes, time: Self.time, originalLength: 3, interface: 0,
        options: WrittenOptions(packetIdentifier: 77, dropCount: 5, flags: 2),
        comment: "hello".utf8Span.span.bytes)
      var statistics = WrittenStatistics(time: Self.time)
      statistics.dropsByInterface = 9
      statistics.startTime = 1
      $0.addStatistics(statistics, of: 0)
    }
    var expected = PcapngBytes()
    expected.block(0x0a0d_0d0a) {
      $0.append(UInt32(0x1a2b_3c4d))
      $0.append(UInt16(1))
      $0.append(UInt16(0))
      $0.append(Int64(-1))
      $0.append([4, 0, 5, 0] + Array("vxhop\0\0\0".utf8) + [0, 0, 0, 0])
    }
    expected.interface(
      snapshotLength: 262_144,
      options: [
        (2, Array("n1/cni0".utf8)), (3, Array("a bridge".utf8)), (11, Array("\0udp".utf8)),
        (9, [9]),
      ])
    let timestamp = UInt64(Self.time)
    expected.enhancedPacket(timestamp: timestamp, packet, originalLength: 1500)
    expected.enhancedPacket(
      timestamp: timestamp, packet,
      options: [
        (1, Array("hello".utf8)), (2, [2, 0, 0, 0]), (4, expected.value(UInt64(5))),
        (5, expected.value(UInt64(77))),
      ])
    expected.block(5) {
      $0.append(UInt32(0))
      $0.append(UInt32(timestamp >> 32))
      $0.append(UInt32(truncatingIfNeeded: timestamp))
      $0.append([2, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0, 0])
      $0.append([5, 0, 8, 0, 9, 0, 0, 0, 0, 0, 0, 0])
      $0.append(UInt32(0))
    }
    #expect(bytes == expected.bytes)
  }

  @Test(arguments: [CaptureWriter.Format.pcapng, .pcap(.ethernet)])
  func ownReader(_ format: CaptureWriter.Format) throws {
    let packets = (0..<9).map { length in (0..<length).map { UInt8($0) } }
    let bytes = Self.written(format) {
      _ = $0.addInterface(WrittenInterface(linkType: .ethernet))
      for (index, packet) in packets.enumerated() {
        $0.append(
          packet.span.bytes, time: Self.time + Int64(index), originalLength: 9, interface: 0)
      }
    }
    let reading = try Reading(bytes)
    #expect(reading.error == nil)
    #expect(reading.records.map(\.bytes) == packets)
    #expect(reading.records.map(\.time) == packets.indices.map { Self.time + Int64($0) })
    #expect(reading.records.allSatisfy { $0.originalLength == 9 })
  }

  @Test func tsharkReadsAllOptions() throws {
    let bytes = Self.written(.pcapng) {
      _ = $0.addInterface(WrittenInterface(linkType: .ethernet, name: "n1/cni0"))
      _ = $0.addInterface(
        WrittenInterface(linkType: .rawIP, name: "n1/tunl0", description: "ipip"))
      let frame = [UInt8](repeating: 0, count: 61)
      $0.append(
        frame.span.bytes, time: Self.time, originalLength: 1514, interface: 1,
        options: WrittenOptions(packetIdentifier: 1 << 40),
        comment: "vni 1 → 2".utf8Span.span.bytes)
    }
    let file = try TemporaryFile(bytes)
    let fields = [
      "frame.interface_name", "frame.interface_description", "frame.time_epoch", "frame.len",
      "frame.cap_len", "frame.comment", "frame.packet_id",
    ]
    let tshark = try ChildProcess(
      "tshark", ["-r", file.path, "-T", "fields"] + fields.flatMap { ["-e", $0] })
    #expect(
      String(decoding: tshark.output, as: UTF8.self)
        == "n1/tunl0\tipip\t1763823788.349061007\t1514\t61\tvni 1 → 2\t1099511627776\n")
    #expect(try ChildProcess("capinfos", ["-c", file.path]).status == 0)
  }

  @Test(arguments: [CaptureWriter.Format.pcapng, .pcap(.ethernet)])
  func tcpdumpReads(_ format: CaptureWriter.Format) throws {
    let frame = [UInt8](repeating: 0xff, count: CaptureWriter.maximumPacketLength + 1)
    let bytes = Self.written(format) {
      _ = $0.addInterface(WrittenInterface(linkType: .ethernet))
      _ = $0.addInterface(WrittenInterface(linkType: .ethernet))
      $0.append(
        frame.span.bytes, time: Self.time, originalLength: UInt32(frame.count), interface: 0)
    }
    let file = try TemporaryFile(bytes)
    let tcpdump = try ChildProcess("tcpdump", ["--count", "-r", file.path])
    #expect(tcpdump.status == 0, "\(tcpdump.errors)")
    #expect(String(decoding: tcpdump.output, as: UTF8.self).hasPrefix("1 packet"))
    #expect(try Reading(bytes).records.map(\.bytes.count) == [CaptureWriter.maximumPacketLength])
  }

  @Test func flushHandsOnWhatThereIs() {
    let taker = Taker()
    var writer = CaptureWriter(format: .pcap(.ethernet), application: "", taker.take)
    writer.flush()
    #expect(taker.pieces == [24])
    writer.append(
      [UInt8](repeating: 0, count: 4).span.bytes, time: 0, originalLength: 4, interface: 0)
    #expect(taker.pieces == [24])
    writer.flush()
    writer.flush()
    #expect(taker.pieces == [24, 20])
  }

  @Test func closesWhenNothingIsTaken() {
    let taker = Taker()
    taker.limit = 24
    var writer = CaptureWriter(format: .pcap(.ethernet), application: "", taker.take)
    let wasClosed = writer.isClosed
    writer.flush()
    let isClosed = writer.isClosed
    #expect(!wasClosed && isClosed)
    writer.append(
      [UInt8](repeating: 0, count: 4).span.bytes, time: 0, originalLength: 4, interface: 0)
    writer.flush()
    #expect(taker.pieces == [24])
  }

  /// More pieces than wait at once, in their order, each as large as without a background; none behind the one
  /// after which no more is wanted.
  @Test(arguments: [false, true], [Int.max, 5_000_000])
  func piecesKeepTheirOrder(inBackground: Bool, limit: Int) {
    let taker = Taker()
    taker.limit = limit
    var writer = CaptureWriter(
      format: .pcap(.ethernet), application: "vxhop", inBackground: inBackground, taker.take)
    var expected = PcapBytes(magic: 0xa1b2_3c4d)
    for number in 0..<12_000 as Range<UInt32> {
      let packet = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1000)
      writer.append(packet.span.bytes, time: Int64(number), originalLength: 1000, interface: 0)
      expected.append(seconds: 0, fraction: number, packet)
    }
    writer.finish()
    #expect(writer.isClosed == (limit < .max))
    #expect(taker.pieces.count == (limit < .max ? 5 : 12))
    let isSame = taker.bytes[...] == expected.bytes.prefix(taker.bytes.count)
    #expect(isSame)
    #expect(limit < .max || taker.bytes.count == expected.bytes.count)
  }

  @Test func timesBefore1970() throws {
    let bytes = Self.written(.pcapng) {
      _ = $0.addInterface(WrittenInterface(linkType: .ethernet))
      $0.append(
        [UInt8](repeating: 0, count: 4).span.bytes, time: -5, originalLength: 4, interface: 0)
    }
    #expect(try Reading(bytes).records.map(\.time) == [0])
  }

  @Test func textsThatDoNotFit() throws {
    let long = String(repeating: "x", count: 70_000)
    let bytes = Self.written(.pcapng) {
      _ = $0.addInterface(WrittenInterface(linkType: .ethernet, name: long, description: long))
      $0.append(
        [UInt8](repeating: 0, count: 4).span.bytes, time: 1, originalLength: 4, interface: 0,
        comment: long.utf8Span.span.bytes)
    }
    let reading = try Reading(bytes)
    #expect(reading.error == nil)
    #expect(reading.interfaceNames == [String(long.prefix(65_535))])
    #expect(reading.records.count == 1)
  }
}
