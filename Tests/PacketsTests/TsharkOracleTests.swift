import TestSupport
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

  init(_ cells: [String: String]) {
    fields = cells.mapValues { $0.split(separator: ",").map(String.init) }
  }
}

/// Which of a row's layers the decoder should end at.
struct InnermostLayers {
  let row: TsharkRow
  let layers: [String]
  /// Index in `layers` of the header that opens the innermost tunnel: for IP in IP the outer one.
  let tunnel: Int?
  /// Index of the innermost IP header; nil where there is none behind the tunnel.
  let network: Int?

  /// Nil for a frame whose way to IP the decoder does not follow.
  init?(_ row: TsharkRow) {
    self.row = row
    layers = row.layers
    // tshark names no layer for VXLAN-GPE before IP, and takes Geneve's source port for Geneve too.
    if row.values("vxlan.vni").count != layers.count(where: { $0 == "vxlan" }) { return nil }
    if layers.contains("geneve") && row.values("udp.dstport").first != "6081" { return nil }
    tunnel = Self.innermostTunnel(layers)
    let start = (tunnel ?? -1) + 1
    network = layers[start...].firstIndex { $0 == "ip" || $0 == "ipv6" }
    let link: Set = [
      "eth", "ethertype", "vlan", "ieee8021ad", "sll", "raw", "erspan", "mpls", "pppoes", "ppp",
    ]
    let between = layers[start..<(network ?? start)].filter { !$0.hasPrefix("ipv6.") }
    guard network != nil, between.allSatisfy(link.contains) else {
      if tunnel != nil && layers.last == "arp" { return }
      return nil
    }
  }

  private static func innermostTunnel(_ layers: [String]) -> Int? {
    layers.indices.last { index in
      switch layers[index] {
      case "vxlan", "geneve", "gre": return true
      case "ip", "ipv6":
        let next = layers[(index + 1)...].first { !$0.hasPrefix("ipv6.") }
        return next == "ip" || next == "ipv6"
      default: return false
      }
    }
  }

  /// What the decoder may call the tunnel.
  var encapsulations: [Encapsulation] {
    switch tunnel.map({ layers[$0] }) {
    case "vxlan": [.vxlan, .vxlanGPE]
    case "geneve": [.geneve]
    case "gre": [.gre, .nvgre, .erspan]
    case "ip": [.ipip, .sit]
    case "ipv6": [.ip6tnl]
    default: [.none]
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
@Suite(.enabled(if: SharedCaptures.arePresent, "\(SharedCaptures.skipReason)"))
struct TsharkOracleTests {
  /// tshark stops at UDP in packets above 65,535 bytes: see `BigTCPTests`.
  static let entries = SharedCaptures.entries.filter {
    $0.oracle != nil && $0.name.hasSuffix(".pcap") && !$0.name.contains("bigtcp")
  }

  @Test(arguments: entries)
  func innermostPacket(entry: SharedCaptures.Entry) throws {
    let capture = try #require(PcapFrames(path: entry.path))
    let rows = SharedCaptures.table(try #require(entry.oracle)).map(TsharkRow.init)
    #expect(capture.frames.count == rows.count)
    for (index, (frame, row)) in zip(capture.frames, rows).enumerated() {
      guard let expected = InnermostLayers(row) else { continue }
      let summary = decoded(
        frame.bytes, linkType: capture.linkType, originalLength: frame.originalLength)
      let place: Comment = "frame \(index + 1)"
      compareTunnel(summary, expected, place)
      compareEthernet(summary, expected, place)
      guard expected.network != nil else {
        #expect(summary.end == .notIP(etherType: 0x0806), place)
        continue
      }
      compareNetwork(summary, expected, place)
      compareTransport(summary, expected, place)
    }
  }

  private func compareEthernet(
    _ summary: PacketSummary, _ expected: InnermostLayers, _ place: Comment
  ) {
    let start = (expected.tunnel ?? -1) + 1
    let end = expected.network ?? expected.layers.endIndex
    guard let index = expected.layers[start..<end].lastIndex(of: "eth") else { return }
    #expect(
      expected.value("eth.src", at: index) == MACAddress(bits: summary.link.source).description,
      place)
    #expect(
      expected.value("eth.dst", at: index)
        == MACAddress(bits: summary.link.destination).description,
      place)
  }

  private func compareTunnel(
    _ summary: PacketSummary, _ expected: InnermostLayers, _ place: Comment
  ) {
    #expect(expected.encapsulations.contains(summary.tunnel.encapsulation), place)
    guard let tunnel = expected.tunnel else { return }
    switch expected.layers[tunnel] {
    case "vxlan":
      #expect(expected.value("vxlan.vni", at: tunnel) == String(summary.tunnel.vni), place)
    case "geneve":
      let vni = expected.value("geneve.vni", at: tunnel)
      #expect(vni.flatMap { UInt32($0.dropFirst(2), radix: 16) } == summary.tunnel.vni, place)
    default: break
    }
    let outer = expected.layers[...tunnel].lastIndex { $0 == "ip" || $0 == "ipv6" }
    let field = outer.map { expected.layers[$0] } ?? "ip"
    #expect(
      expected.value("\(field).src", at: outer ?? 0) == summary.tunnel.source.description, place)
    #expect(
      expected.value("\(field).dst", at: outer ?? 0) == summary.tunnel.destination.description,
      place)
    guard tunnel > 0, expected.layers[tunnel - 1] == "udp" else { return }
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
