import Foundation
import Testing

@testable import Packets

/// One frame as tshark sees it: a field's values of all layers, outermost first.
struct TsharkRow {
  let fields: [String: [String]]

  func values(_ field: String) -> [String] { fields[field] ?? [] }

  /// Names of the layers, outermost first.
  var layers: [String] {
    (fields["frame.protocols"]?.first ?? "").split(separator: ":").map(String.init)
  }

  static func read(_ name: String) throws -> [TsharkRow] {
    let url = SharedCaptures.folder.appending(path: "oracle/\(name).tsv")
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let names = lines[0].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
      let fields = zip(names, cells).map { name, cell in
        (name, cell.split(separator: ",").map(String.init))
      }
      return TsharkRow(fields: Dictionary(fields) { first, _ in first })
    }
  }
}

/// Which of a row's layers the decoder should end at.
struct InnermostLayers {
  let row: TsharkRow
  let layers: [String]
  /// Index in `layers` of the innermost VXLAN header that is followed.
  let tunnel: Int?
  /// Index of the innermost IP header; nil where there is none behind the tunnel.
  let network: Int?

  /// Nil for a frame whose way to IP the decoder does not follow (MPLS, PPP, …).
  init?(_ row: TsharkRow) {
    self.row = row
    layers = row.layers
    // VXLAN-GPE has its own port and header, and GRE is not followed.
    let isPlain = row.values("vxlan.flags").allSatisfy { $0 == "0x0800" || $0 == "0x0808" }
    let tunnel = isPlain && !layers.contains("gre") ? layers.lastIndex(of: "vxlan") : nil
    self.tunnel = tunnel
    let start = (tunnel ?? -1) + 1
    network = layers[start...].firstIndex { $0 == "ip" || $0 == "ipv6" }
    let link: Set = ["eth", "ethertype", "vlan", "ieee8021ad", "sll", "raw"]
    guard let network, layers[start..<network].allSatisfy(link.contains) else {
      if tunnel != nil && layers.last == "arp" { return }
      return nil
    }
  }

  var isIPv4: Bool { network.map { layers[$0] == "ip" } ?? false }

  /// The value of `field` in the layer at `index`, where every layer of that name has one value.
  func value(_ field: String, at index: Int) -> String? {
    let values = row.values(field)
    let position = layers[..<index].count { $0 == layers[index] }
    return position < values.count ? values[position] : nil
  }

  /// The layer right behind the innermost IP header and its extension headers.
  var transport: Int? {
    guard let network else { return nil }
    return layers[(network + 1)...].firstIndex { !$0.hasPrefix("ipv6.") }
  }
}

/// The decoder against tshark 4.0.17's view of other projects' captures.
@Suite(.enabled(if: SharedCaptures.arePresent, "needs the captures of VXHOP_SHARED or ../shared"))
struct TsharkOracleTests {
  /// tshark stops at UDP in packets above 65,535 bytes: see `BigTCPTests`.
  static let names: [String] = {
    let folder = SharedCaptures.folder.appending(path: "oracle").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".pcap.tsv") && !$0.contains("bigtcp") }
      .map { String($0.dropLast(4)) }.sorted()
  }()

  static func capture(_ name: String) throws -> (linkType: UInt16, frames: [SharedCaptures.Frame]) {
    let folders = ["vxlan", "geneve", "negative", "linktypes", "tunnels", "pcapfmt", "fuzz"]
    return try #require(folders.lazy.compactMap { SharedCaptures.read("\($0)/\(name)") }.first)
  }

  @Test(arguments: names)
  func innermostPacket(name: String) throws {
    let capture = try Self.capture(name)
    let rows = try TsharkRow.read(name)
    #expect(capture.frames.count == rows.count)
    for (index, (frame, row)) in zip(capture.frames, rows).enumerated() {
      guard let expected = InnermostLayers(row) else { continue }
      let summary = decoded(
        frame.bytes, linkType: capture.linkType, originalLength: frame.originalLength)
      let place: Comment = "frame \(index + 1)"
      compareTunnel(summary, expected, place)
      guard expected.network != nil else {
        #expect(summary.end == .notIP(etherType: 0x0806), place)
        continue
      }
      compareNetwork(summary, expected, place)
      compareTransport(summary, expected, place)
    }
  }

  private func compareTunnel(
    _ summary: PacketSummary, _ expected: InnermostLayers, _ place: Comment
  ) {
    #expect((summary.tunnel.encapsulation == .vxlan) == (expected.tunnel != nil), place)
    guard let tunnel = expected.tunnel else { return }
    #expect(expected.value("vxlan.vni", at: tunnel) == String(summary.tunnel.vni), place)
    let outer = expected.layers[..<tunnel].lastIndex { $0 == "ip" || $0 == "ipv6" }
    let field = outer.map { expected.layers[$0] } ?? "ip"
    #expect(
      expected.value("\(field).src", at: outer ?? 0) == summary.tunnel.source.description, place)
    #expect(
      expected.value("\(field).dst", at: outer ?? 0) == summary.tunnel.destination.description,
      place)
    #expect(
      expected.value("udp.dstport", at: tunnel - 1) == String(summary.tunnel.destinationPort), place
    )
  }

  private func compareNetwork(
    _ summary: PacketSummary, _ expected: InnermostLayers, _ place: Comment
  ) {
    guard let network = expected.network else { return }
    let field = expected.layers[network]
    #expect(summary.network.version == (expected.isIPv4 ? 4 : 6), place)
    #expect(
      expected.value("\(field).src", at: network) == summary.network.source.description, place)
    #expect(
      expected.value("\(field).dst", at: network) == summary.network.destination.description, place)
    guard expected.isIPv4 else { return }
    let identification = expected.value("ip.id", at: network).flatMap {
      UInt16($0.dropFirst(2), radix: 16)
    }
    #expect(identification == summary.network.identification, place)
    #expect(expected.value("ip.ttl", at: network) == String(summary.network.timeToLive), place)
    #expect(
      expected.value("ip.proto", at: network) == String(summary.network.transportProtocol), place)
    #expect(expected.value("ip.len", at: network) == String(summary.network.length), place)
  }

  private func compareTransport(
    _ summary: PacketSummary, _ expected: InnermostLayers, _ place: Comment
  ) {
    // tshark shows the ports of a reassembled packet at its last fragment.
    guard !summary.network.isFragment, let transport = expected.transport else { return }
    switch expected.layers[transport] {
    case "tcp":
      #expect(
        expected.value("tcp.srcport", at: transport) == String(summary.transport.sourcePort), place)
      #expect(
        expected.value("tcp.dstport", at: transport) == String(summary.transport.destinationPort),
        place)
      #expect(
        expected.value("tcp.seq_raw", at: transport) == String(summary.transport.sequence), place)
      let flags = expected.value("tcp.flags", at: transport).flatMap {
        UInt16($0.dropFirst(2), radix: 16)
      }
      #expect(flags.map { UInt8($0 & 0xff) } == summary.transport.flags, place)
    case "udp":
      #expect(
        expected.value("udp.srcport", at: transport) == String(summary.transport.sourcePort), place)
      #expect(
        expected.value("udp.dstport", at: transport) == String(summary.transport.destinationPort),
        place)
    case "icmp":
      #expect(
        expected.value("icmp.type", at: transport) == String(summary.transport.icmpType), place)
      // tshark shows each number in both byte orders.
      if summary.transport.icmpType == 8 || summary.transport.icmpType == 0 {
        #expect(
          expected.row.values("icmp.seq").first == String(summary.transport.icmpSequence), place)
        #expect(
          expected.row.values("icmp.ident").first == String(summary.transport.icmpIdentifier), place
        )
      }
    default: break
    }
  }
}

/// BIG TCP: a length field of 0 in both headers. Expected values from tcpdump 5's output for its own tests.
@Suite(.enabled(if: SharedCaptures.arePresent, "needs the captures of VXHOP_SHARED or ../shared"))
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
    let file = "vxlan/the-tcpdump-group__tcpdump__\(expected.file).pcap"
    let capture = try #require(SharedCaptures.read(file))
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
