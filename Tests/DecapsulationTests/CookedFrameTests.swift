import Captures
import Decapsulation
import Filters
import Foundation
import TestSupport
import Testing

/// Frames of cooked captures that have a length in the place of an EtherType.
struct CookedFrameTests {
  private typealias Make = DecapsulationTests

  /// A bridge's hello, and one of Cisco's messages: 802.2 behind a cooked header.
  static let linkControl: [[UInt8]] = [
    [
      0x42, 0x42, 3, 0, 0, 0, 0, 0, 0x80, 0, 2, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0x80, 0, 2, 0, 0, 0, 0,
      9,
    ]
      + [0x80, 1, 0, 0, 0x14, 0, 2, 0, 0x0f, 0],
    [0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0, 2, 0xb4, 0, 0],
  ]

  struct Cooked: Sendable, CustomStringConvertible {
    let description: String
    let linkType: UInt32
    /// The header around the protocol's two bytes.
    let before: [UInt8]
    let behind: [UInt8]

    var headerLength: Int { before.count + 2 + behind.count }

    func frame(_ type: [UInt8], _ payload: [UInt8]) -> [UInt8] { before + type + behind + payload }
  }

  static let cooked = [
    Cooked(
      description: "LINUX_SLL", linkType: 113,
      before: [0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0], behind: []),
    Cooked(
      description: "LINUX_SLL2", linkType: 276, before: [],
      behind: [0, 0, 0, 0, 0, 3, 0, 1, 2, 6, 2, 0, 0, 0, 0, 9, 0, 0]),
  ]

  /// What tcpdump selects of LINUX_SLL (libpcap 1.10 forgets LINUX_SLL2 here); in a pcap of Ethernet frames they have
  /// their length where others have a type, and are to tshark what they were.
  @Test(arguments: cooked) func logicalLinkControl(_ cooked: Cooked) throws {
    let packet = Array(Make.inner.dropFirst(14))
    func capture(_ cooked: Cooked) -> [UInt8] {
      let frames = Self.linkControl.map { cooked.frame([0, 4], $0) }
      return Make.capture(
        frames + [cooked.frame([8, 0], packet)], linkType: cooked.linkType)
    }
    let sll = try TemporaryFile(capture(Self.cooked[0]))
    let capture = capture(cooked)
    for (expression, count) in [("stp", 1), ("not ip", 2), ("not stp", 2)] {
      let tcpdump = try ChildProcess("tcpdump", ["-n", "-r", sll.path, "-w", "-", expression])
      let selected = try Decapsulated(capture: [UInt8](tcpdump.output)).frames().map {
        $0.bytes.dropFirst(Self.cooked[0].headerLength)
      }
      try #require(selected.count == count)
      var options = DecapsulationOptions()
      options.filter = try InnerPacketFilter(expression: expression)
      let done = try Decapsulated(capture: capture, options: options)
      #expect(try done.frames().map { $0.bytes.dropFirst(cooked.headerLength) } == selected)
      let pcap = try Decapsulated(capture: capture, format: .pcap(.ethernet), options: options)
      #expect(try pcap.frames().map { $0.bytes.dropFirst(14) } == selected)
    }
    let file = try TemporaryFile(capture)
    let pcap = try Decapsulated(capture: capture, format: .pcap(.ethernet))
    #expect(pcap.counts.passed == 3 && pcap.counts.unframed == 0)
    let fields = ["frame.protocols", "eth.len", "llc.dsap", "stp.root.hw", "cdp.version"]
    let before = try Tshark.rows(file.path, fields)
    let after = try pcap.tshark(fields)
    for (index, payload) in Self.linkControl.enumerated() {
      #expect(after[index]["eth.len"] == "\(payload.count)")
      for field in ["llc.dsap", "stp.root.hw", "cdp.version"] {
        #expect(after[index][field] == before[index][field])
      }
    }
    #expect(after[0]["frame.protocols"] == "eth:llc:stp")
  }

  /// The length is that of the link, also where the capture cut the frame, and at most what 802.3 allows; with
  /// Novell's own frames it is the same, without 802.2 behind it.
  @Test(arguments: cooked) func lengths(_ cooked: Cooked) throws {
    let payload: [UInt8] = [0xff, 0xff, 0, 34] + [UInt8](repeating: 0, count: 30)
    for (protocolNumber, length, field): (UInt8, Int, [UInt8]?) in [
      (4, 34, [0, 34]), (1, 34, [0, 34]), (1, 1500, [5, 0xdc]), (1, 1501, nil), (3, 34, nil),
    ] {
      var pcap = PcapBytes(linkType: cooked.linkType)
      pcap.append(
        seconds: 1, fraction: 0, cooked.frame([0, protocolNumber], payload),
        originalLength: UInt32(cooked.headerLength + length))
      let done = try Decapsulated(capture: pcap.bytes, format: .pcap(.ethernet))
      let addresses: [UInt8] = [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 9]
      #expect(try done.frames().map(\.bytes) == (field.map { [addresses + $0 + payload] } ?? []))
      #expect(
        try done.frames().map(\.originalLength) == (field == nil ? [] : [UInt32(14 + length)]))
      #expect(done.counts.unframed == (field == nil ? 1 : 0))
    }
  }
}
