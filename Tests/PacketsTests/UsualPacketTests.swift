import Foundation
import TestSupport
import Testing

@testable import Packets

/// What is read in a few instructions is what the whole decoding reads, which tshark agrees with.
@Suite struct UsualPacketTests {
  /// What both say of a frame, in words; of the whole summary also what the usual frame must not have.
  private static func words(
    _ packet: borrowing UsualPacket, _ transport: UsualTransport
  ) -> [String: UInt64] {
    [
      "identity": transport.identity, "linkSource": packet.linkSource,
      "linkDestination": packet.linkDestination,
      "source": UInt64(packet.source), "destination": UInt64(packet.destination),
      "sequence": transport.numbers & 0xffff_ffff, "acknowledgment": transport.numbers >> 32,
      "length": UInt64(packet.length), "payloadLength": UInt64(transport.payloadLength),
      "identification": UInt64(packet.identification),
      "sourcePort": packet.hasPorts ? UInt64(packet.ports >> 16) : 0,
      "destinationPort": packet.hasPorts ? UInt64(packet.ports & 0xffff) : 0,
      "icmpIdentifier": packet.hasPorts ? 0 : UInt64(packet.icmpIdentifier),
      "timeToLive": UInt64(packet.timeToLive),
      "trafficClass": UInt64(packet.trafficClass),
      "transportProtocol": UInt64(packet.transportProtocol), "tcpFlags": UInt64(transport.tcpFlags),
      "depth": packet.isEncapsulated ? 1 : 0,
      "tunnelSource": packet.isEncapsulated ? UInt64(packet.tunnelSource) : 0,
      "tunnelDestination": packet.isEncapsulated ? UInt64(packet.tunnelDestination) : 0,
      "tunnelSourcePort": packet.isEncapsulated ? UInt64(packet.tunnelSourcePort) : 0,
      "tunnelDestinationPort": packet.isEncapsulated ? UInt64(packet.tunnelDestinationPort) : 0,
      "tunnelIdentification": packet.isEncapsulated ? UInt64(packet.tunnelIdentification) : 0,
      "vni": packet.isEncapsulated ? UInt64(packet.vni) : 0,
    ]
  }

  private static func words(_ summary: PacketSummary) -> [String: UInt64] {
    [
      "identity": summary.identity, "linkSource": summary.link.source,
      "linkDestination": summary.link.destination,
      "source": UInt64(summary.network.source.v4Bits),
      "destination": UInt64(summary.network.destination.v4Bits),
      "sequence": UInt64(
        summary.transport.hasSequence
          ? summary.transport.sequence
          : summary.transport.payloadDigest &+ UInt32(summary.transport.icmpSequence)),
      "acknowledgment": UInt64(summary.transport.acknowledgment),
      "length": UInt64(summary.network.length),
      "payloadLength": UInt64(summary.transport.payloadLength),
      "identification": UInt64(summary.network.identification),
      "sourcePort": UInt64(summary.transport.sourcePort),
      "destinationPort": UInt64(summary.transport.destinationPort),
      "icmpIdentifier": UInt64(summary.transport.icmpIdentifier),
      "timeToLive": UInt64(summary.network.timeToLive),
      "trafficClass": UInt64(summary.network.trafficClass),
      "transportProtocol": UInt64(summary.network.transportProtocol),
      "tcpFlags": UInt64(summary.transport.flags), "depth": UInt64(summary.tunnel.depth),
      "tunnelSource": UInt64(summary.tunnel.source.v4Bits),
      "tunnelDestination": UInt64(summary.tunnel.destination.v4Bits),
      "tunnelSourcePort": UInt64(summary.tunnel.sourcePort),
      "tunnelDestinationPort": UInt64(summary.tunnel.destinationPort),
      "tunnelIdentification": UInt64(summary.tunnel.identification),
      "vni": UInt64(summary.tunnel.vni),
    ]
  }

  /// Whether the frame is a usual one; then everything that is said of it must be so.
  private static func compare(_ bytes: [UInt8], originalLength: Int, _ note: String) -> Bool {
    guard let decoder = PacketDecoder(linkType: 1, options: DecodingOptions()) else { return false }
    let length = UInt32(clamping: max(originalLength, bytes.count))
    let frame = bytes.span.bytes
    guard let packet = decoder.usualPacket(in: frame, originalLength: length),
      let transport = decoder.usualTransport(of: packet)
    else { return false }
    let summary = decoded(bytes, linkType: 1, originalLength: originalLength)
    #expect(words(packet, transport) == words(summary), "\(note)")
    #expect(summary.end == .complete, "\(note)")
    #expect(summary.link.hasEthernet && summary.network.version == 4, "\(note)")
    #expect(!summary.network.isFragment && !summary.tunnel.isFragment, "\(note)")
    #expect(
      summary.transport.isHeaderComplete && summary.transport.isDigestComplete, "\(note)")
    #expect(summary.transport.hasPorts == packet.hasPorts, "\(note)")
    #expect(summary.transport.opaqueTunnel == .none, "\(note)")
    let headers = Int(summary.network.length - summary.transport.payloadLength)
    #expect(
      packet.capturedPayload(ofLength: transport.payloadLength)
        == bytes.count - Int(summary.network.offset) - headers, "\(note)")
    #expect(packet.innerChecksum() == summary.innerChecksum(in: frame), "\(note)")
    #expect(packet.outerChecksum() == summary.outerChecksum(in: frame), "\(note)")
    if packet.isEncapsulated {
      #expect(summary.tunnel.encapsulation == .vxlan, "\(note)")
      #expect(summary.tunnel.flags == 0x08 && summary.tunnel.reserved == 0, "\(note)")
    }
    return true
  }

  /// The tool's own lab: nearly all of it is usual, which the fixtures' page tells.
  @Test(arguments: ["demo/n1-eth0.pcap", "demo/n1-veth11aa.pcap", "clusterip/n1-eth0.pcap"])
  func fixtures(name: String) throws {
    let path = Checkout.folder.appendingPathComponent("Fixtures/\(name)").path
    let capture = try #require(PcapFrames(path: path))
    let usual = capture.frames.filter {
      Self.compare($0.bytes, originalLength: $0.originalLength, name)
    }
    #expect(usual.count * 2 > capture.frames.count)
  }

  @Test(.enabled(if: SharedCaptures.arePresent, "\(SharedCaptures.skipReason)"))
  func sharedCaptures() {
    var usual = 0
    for entry in SharedCaptures.entries {
      guard let capture = PcapFrames(path: entry.path), capture.linkType == 1 else { continue }
      for (index, frame) in capture.frames.prefix(500).enumerated() {
        for count in [frame.bytes.count, 128, 96, 60] where count <= frame.bytes.count {
          let isUsual = Self.compare(
            Array(frame.bytes.prefix(count)), originalLength: frame.originalLength,
            "\(entry.name) frame \(index + 1), \(count) bytes")
          if isUsual { usual += 1 }
        }
      }
    }
    #expect(usual > 1000)
  }

  /// Frames that are damaged in every way are either left to the whole decoding, or read alike.
  @Test func mutatedFrames() {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<1_000 {
      for frame in HostileInputTests.frames {
        var bytes = Array(frame.prefix(Int.random(in: 0...frame.count, using: &generator)))
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
            [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
        }
        _ = Self.compare(
          bytes,
          originalLength: [0, bytes.count, frame.count, 1 << 30].randomElement(
            using: &generator) ?? 0, "\(bytes)")
      }
    }
  }
}
