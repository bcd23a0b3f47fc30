import TestSupport
import Testing

@testable import Packets

/// BIG TCP: a length field of 0 in both headers. Expected values from tcpdump 5's output for its own tests.
@Suite(.enabled(if: SharedCaptures.arePresent, "\(SharedCaptures.skipReason)"))
struct BigTCPTests {
  struct Expectation: CustomTestStringConvertible {
    let file: String
    let source: String
    let sourcePort: UInt16
    let destinationPort: UInt16
    let sequence: UInt32
    let payloadLength: UInt32
    let outer: String

    var testDescription: String { file }
  }

  static let expectations = [
    Expectation(
      file: "bigtcp-ipv4-vxlan-ipv4", source: "192.168.1.2", sourcePort: 36875,
      destinationPort: 36449, sequence: 497_210_414, payloadLength: 80000, outer: "10.25.132.11"),
    Expectation(
      file: "bigtcp-ipv4-vxlan-ipv6", source: "fd00::2", sourcePort: 33673, destinationPort: 36425,
      sequence: 1_339_751_239, payloadLength: 79924, outer: "10.25.132.11"),
    Expectation(
      file: "bigtcp-ipv6-vxlan-ipv4", source: "192.168.1.1", sourcePort: 41873,
      destinationPort: 38131, sequence: 2_347_745_286, payloadLength: 80000,
      outer: "2604:1380:4091:ce00::d"),
    Expectation(
      file: "bigtcp-ipv6-vxlan-ipv6", source: "fd00::1", sourcePort: 40007, destinationPort: 40607,
      sequence: 936_978_514, payloadLength: 80000, outer: "2604:1380:4091:ce00::d"),
  ]

  @Test(arguments: expectations)
  func innermostPacket(expected: Expectation) throws {
    let name = "vxlan/the-tcpdump-group__tcpdump__\(expected.file).pcap"
    let entry = try #require(SharedCaptures.entries.first { $0.name == name })
    let capture = try #require(PcapFrames(path: entry.path))
    let frame = try #require(capture.frames.first)
    for count in [frame.bytes.count, 256] {
      let summary = decoded(
        Array(frame.bytes.prefix(count)), originalLength: frame.originalLength)
      #expect(summary.end == .complete)
      #expect(summary.tunnel.vni == 5001)
      #expect(summary.tunnel.source.description == expected.outer)
      #expect(summary.network.source.description == expected.source)
      #expect(summary.transport.sourcePort == expected.sourcePort)
      #expect(summary.transport.destinationPort == expected.destinationPort)
      #expect(summary.transport.sequence == expected.sequence)
      #expect(summary.transport.payloadLength == expected.payloadLength)
    }
  }
}
