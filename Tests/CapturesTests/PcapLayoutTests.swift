import Captures
import Foundation
import TestSupport
import Testing

/// Files of patched libpcaps: other record headers under the usual magic numbers. tshark tells what is in them.
struct PcapLayoutTests {
  struct Layout: Sendable, CustomStringConvertible {
    let description: String
    let magic: UInt32
    /// What follows the lengths in each record's header.
    let fields: [UInt8]
  }

  /// The fields: interface 2, IPv4, packet type 0, and padding that need not be zero.
  static let layouts = [
    Layout(description: "pcap", magic: 0xa1b2_c3d4, fields: []),
    Layout(
      description: "rh6_1pcap", magic: 0xa1b2_c3d4, fields: [2, 0, 0, 0, 0, 8, 0, 0x5a]),
    Layout(description: "nokiapcap", magic: 0xa1b2_c3d4, fields: [1, 0xd6, 0xbf, 0x9f]),
    Layout(description: "modpcap", magic: 0xa1b2_cd34, fields: [2, 0, 0, 0, 0, 8, 0, 0x5a]),
    Layout(
      description: "suse6_3pcap", magic: 0xa1b2_cd34,
      fields: [2, 0, 0, 0, 0, 8, 0, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e]),
  ]

  /// What a record holds, and how long after the first one it was captured, in seconds.
  struct Packet: Sendable {
    var length = 60
    var seconds: UInt32 = 0
  }

  struct Content: Sendable, CustomStringConvertible {
    let description: String
    let packets: [Packet]
  }

  static let contents = [
    Content(description: "one packet", packets: [Packet()]),
    Content(description: "one empty packet", packets: [Packet(length: 0)]),
    Content(description: "two packets", packets: [Packet(), Packet(length: 61, seconds: 1)]),
    Content(
      description: "the first one empty",
      packets: [Packet(length: 0), Packet(seconds: 1), Packet(seconds: 2)]),
    Content(
      description: "the second one empty",
      packets: [Packet(), Packet(length: 0, seconds: 1), Packet(seconds: 2)]),
    Content(
      description: "the fourth one empty",
      packets: [0, 1, 2].map { Packet(seconds: $0) } + [Packet(length: 0), Packet()]),
    Content(
      description: "years between them",
      packets: [Packet(), Packet(seconds: 400 * 86_400), Packet(seconds: 800 * 86_400)]),
  ]

  /// No two bytes of two packets are equal where one could be taken for the other.
  static func bytes(_ content: Content, _ layout: Layout) -> [UInt8] {
    var pcap = PcapBytes(magic: layout.magic, fields: layout.fields)
    for (number, packet) in content.packets.enumerated() {
      let bytes = (0..<packet.length).map { UInt8(truncatingIfNeeded: 0x30 + 0x51 * number + $0) }
      pcap.append(
        seconds: 1_763_823_788 + packet.seconds, fraction: 500_000 + UInt32(number), bytes)
    }
    return pcap.bytes
  }

  private func row(_ record: Reading.Record) -> String {
    let digits = String(record.time % 1_000_000_000 + 1_000_000_000).dropFirst()
    let source = record.bytes.dropFirst(6).prefix(6).map { byte in
      String(Int(byte) + 256, radix: 16).dropFirst()
    }
    return [
      "\(record.time / 1_000_000_000).\(digits)", "\(record.bytes.count)",
      "\(record.originalLength)", source.joined(separator: ":"),
    ].joined(separator: "\t")
  }

  private func tshark(_ path: String) throws -> [String] {
    let fields = ["frame.time_epoch", "frame.cap_len", "frame.len", "eth.src"]
    let tshark = try ChildProcess(
      "tshark",
      ["-n", "-r", path, "-T", "fields", "-E", "occurrence=f"] + fields.flatMap { ["-e", $0] })
    return String(decoding: tshark.output, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// editcap writes the layouts.
  @Test(arguments: ["pcap", "nsecpcap", "modpcap", "nokiapcap", "rh6_1pcap", "suse6_3pcap"])
  func filesOfOtherTools(format: String) throws {
    let source = Checkout.folder.appending(path: "Fixtures/demo/n1-eth0.pcap").path
    for count in [1, 2, 40] {
      let file = try TemporaryFile()
      let editcap = try ChildProcess(
        "editcap", ["-r", "-F", format, source, file.path, "1-\(count)"])
      try #require(editcap.status == 0, "\(editcap.errors)")
      let reading = Reading(path: file.path)
      #expect(reading.error == nil)
      #expect(reading.records.count == count)
      #expect(reading.records.map(row) == (try tshark(file.path)))
    }
  }

  @Test(arguments: layouts, contents) func filesByHand(_ layout: Layout, _ content: Content) throws
  {
    let file = try TemporaryFile(Self.bytes(content, layout))
    let reading = Reading(path: file.path)
    #expect(reading.error == nil)
    #expect(reading.records.map(\.bytes.count) == content.packets.map(\.length))
    #expect(reading.records.map(row) == (try tshark(file.path)))
  }

  /// The first piece of a stream holds any number of its bytes.
  @Test(arguments: layouts, contents) func streamsInTwoPieces(
    _ layout: Layout, _ content: Content
  ) throws {
    let bytes = Self.bytes(content, layout)
    let whole = try Reading(bytes)
    // There the first record might be followed by nothing, in a file of the magic number's own layout.
    let usualLength = 24 + (layout.magic == 0xa1b2_c3d4 ? 16 : 24) + content.packets[0].length
    for length in 24...bytes.count where length != usualLength || bytes.count == usualLength {
      let pipe = Pipe()
      try pipe.fileHandleForWriting.write(contentsOf: bytes[..<length])
      var reader = try CaptureReader(
        fileDescriptor: pipe.fileHandleForReading.fileDescriptor, name: "-")
      try pipe.fileHandleForWriting.write(contentsOf: bytes[length...])
      try pipe.fileHandleForWriting.close()
      #expect(Reading(reader: &reader) == whole, "\(length) bytes first")
    }
  }

  /// A frame of a loopback device begins with zeros, as another layout's fields might.
  @Test(arguments: [4, 8, 12]) func cutInTheSecondHeader(rest: Int) throws {
    let packet = [UInt8](repeating: 0, count: 12) + [8, 0] + [UInt8](repeating: 0x45, count: 48)
    var pcap = PcapBytes()
    pcap.append(seconds: 1_763_823_788, fraction: 5, packet)
    let length = pcap.bytes.count + rest
    pcap.append(seconds: 1_763_823_789, fraction: 6, packet)
    let bytes = Array(pcap.bytes[..<length])
    for reading in [try Reading(bytes), Reading(piping: bytes, name: "-")] {
      #expect(reading.records.map(\.bytes) == [packet])
      #expect(reading.error?.code == .truncated)
    }
  }

  /// Of a usual file's stream a record is there as soon as it has come.
  @Test(arguments: [UInt32(1), 276]) func recordsOfAStreamAreNotWaitedFor(linkType: UInt32) throws {
    // As of LINUX_SLL2, whose header could be a patched libpcap's fields: interface 8.
    let packet = [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6] + [UInt8](repeating: 7, count: 60)
    var pcap = PcapBytes(linkType: linkType)
    let pipe = Pipe()
    var written = 0
    func send() throws {
      try pipe.fileHandleForWriting.write(contentsOf: pcap.bytes[written...])
      written = pcap.bytes.count
    }
    try send()
    var reader = try CaptureReader(
      fileDescriptor: pipe.fileHandleForReading.fileDescriptor, name: "-")
    reader.readOn(waits: false)
    for second: UInt32 in 1...3 {
      let isThere = try reader.advance()
      #expect(!isThere)
      pcap.append(seconds: 1_763_823_788 + second, fraction: 5, packet)
      try send()
      let hasCome = try reader.advance()
      #expect(hasCome)
      let record = Reading.Record(reader.record())
      #expect(record.bytes == packet && record.frame == UInt64(second))
    }
  }
}
