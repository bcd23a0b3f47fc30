import Testing

@testable import Packets

/// A tunnel around an inner packet, byte for byte, and what its header says.
struct TunnelCase: CustomTestStringConvertible {
  let testDescription: String
  let outer: @Sendable ([UInt8]) -> [UInt8]
  let encapsulation: Encapsulation
  var vni: UInt32 = 0
  var flags: UInt8 = 0
  /// Whether an Ethernet header stands before the inner packet.
  var hasEthernet = false
  /// From the start of the frame to the inner IP header, in bytes.
  let offset: UInt32

  static func overUDP(_ header: String, port: Int) -> @Sendable ([UInt8]) -> [UInt8] {
    { Build.outer(Build.udp(hex(header) + $0, destination: port), protocol: 17) }
  }

  static func overIP(_ header: String, protocol number: UInt8) -> @Sendable ([UInt8]) -> [UInt8] {
    { Build.outer(hex(header) + $0, protocol: number) }
  }

  static let ethernet = "02 00 00 00 00 03  02 00 00 00 00 04  08 00"

  static let all = [
    // RFC 8926, section 3.4.
    TunnelCase(
      testDescription: "Geneve", outer: overUDP("00 00 6558 00000a 00" + ethernet, port: 6081),
      encapsulation: .geneve, vni: 10, hasEthernet: true, offset: 64),
    TunnelCase(
      testDescription: "Geneve with options, a critical one, before IP",
      outer: overUDP("03 40 0800 123456 00  0102 81 02 00000000 00000000", port: 6081),
      encapsulation: .geneve, vni: 0x123456, flags: 0x40, offset: 62),
    // draft-ietf-nvo3-vxlan-gpe, section 3.
    TunnelCase(
      testDescription: "VXLAN-GPE before IP", outer: overUDP("0c 0000 01 000007 00", port: 4790),
      encapsulation: .vxlanGPE, vni: 7, flags: 0x0c, offset: 50),
    TunnelCase(
      testDescription: "VXLAN-GPE before Ethernet",
      outer: overUDP("0c 0000 03 000007 00" + ethernet, port: 4790),
      encapsulation: .vxlanGPE, vni: 7, flags: 0x0c, hasEthernet: true, offset: 64),
    // RFC 8300, section 2.2: MD type 1 has 16 bytes of context.
    TunnelCase(
      testDescription: "VXLAN-GPE before NSH before Ethernet",
      outer: overUDP(
        "0c 0000 04 000007 00  0fc6 01 03  00000a ff" + String(repeating: "00", count: 16)
          + ethernet, port: 4790),
      encapsulation: .vxlanGPE, vni: 7, flags: 0x0c, hasEthernet: true, offset: 88),
    TunnelCase(
      testDescription: "flannel's UDP", outer: overUDP("", port: 8285),
      encapsulation: .flannelUDP, offset: 42),
    // RFC 2784, section 2.1; RFC 2890, section 2.
    TunnelCase(
      testDescription: "GRE", outer: overIP("0000 0800", protocol: 47), encapsulation: .gre,
      offset: 38),
    TunnelCase(
      testDescription: "GRE with checksum, key and sequence number",
      outer: overIP("b000 0800  abcd 0000  0001d97c  00000003", protocol: 47),
      encapsulation: .gre, vni: 0x1d97c, flags: 0xb0, offset: 50),
    TunnelCase(
      testDescription: "GRE before Ethernet", outer: overIP("0000 6558" + ethernet, protocol: 47),
      encapsulation: .gre, hasEthernet: true, offset: 52),
    TunnelCase(
      testDescription: "GRE before MPLS", outer: overIP("0000 8847  00010140", protocol: 47),
      encapsulation: .gre, offset: 42),
    TunnelCase(
      testDescription: "GRE to a web cache, version 1", outer: overIP("0000 883e", protocol: 47),
      encapsulation: .gre, offset: 38),
    TunnelCase(
      testDescription: "GRE to a web cache, version 2",
      outer: overIP("0000 883e  01020304", protocol: 47), encapsulation: .gre, offset: 42),
    // RFC 7637, section 3.2.
    TunnelCase(
      testDescription: "NVGRE", outer: overIP("2000 6558 123456 02" + ethernet, protocol: 47),
      encapsulation: .nvgre, vni: 0x123456, flags: 0x20, hasEthernet: true, offset: 56),
    // draft-foschiano-erspan, section 4.
    TunnelCase(
      testDescription: "ERSPAN I", outer: overIP("0000 88be" + ethernet, protocol: 47),
      encapsulation: .erspan, hasEthernet: true, offset: 52),
    TunnelCase(
      testDescription: "ERSPAN II",
      outer: overIP("1000 88be 00000001  1001 0064 00000002" + ethernet, protocol: 47),
      encapsulation: .erspan, vni: 100, flags: 0x10, hasEthernet: true, offset: 64),
    TunnelCase(
      testDescription: "ERSPAN III with a platform specific header",
      outer: overIP(
        "1000 22eb 00000001  2001 0064 00000002 0000 0001 0000000000000000" + ethernet,
        protocol: 47),
      encapsulation: .erspan, vni: 100, flags: 0x10, hasEthernet: true, offset: 76),
    TunnelCase(
      testDescription: "IPIP", outer: overIP("", protocol: 4), encapsulation: .ipip, offset: 34),
  ]
}

extension Build {
  /// From 192.168.0.1 to 192.168.0.2.
  static func outer(_ payload: [UInt8], protocol number: UInt8) -> [UInt8] {
    ethernet(
      ipv4(
        payload, protocol: number, source: [192, 168, 0, 1], destination: [192, 168, 0, 2],
        identification: 0xbeef))
  }
}

@Suite struct TunnelDecodingTests {
  static let inner = Build.ipv4(Build.tcp([1, 2, 3]), protocol: 6, timeToLive: 63)

  @Test(arguments: TunnelCase.all)
  func tunnel(tunnel: TunnelCase) {
    let summary = decoded(tunnel.outer(Self.inner))
    #expect(summary.end == .complete)
    #expect(summary.tunnel.encapsulation == tunnel.encapsulation)
    #expect(summary.tunnel.depth == 1)
    #expect(summary.tunnel.vni == tunnel.vni)
    #expect(summary.tunnel.flags == tunnel.flags)
    #expect(!summary.tunnel.isIrregular)
    #expect(summary.tunnel.source.description == "192.168.0.1")
    #expect(summary.tunnel.destination.description == "192.168.0.2")
    #expect(summary.tunnel.identification == 0xbeef)
    #expect(summary.tunnel.timeToLive == 64)
    #expect(summary.link.hasEthernet == tunnel.hasEthernet)
    #expect(summary.link.source == (tunnel.hasEthernet ? 0x0200_0000_0004 : 0))
    #expect(summary.link.etherType == 0x0800)
    #expect(summary.network.offset == tunnel.offset)
    #expect(summary.network.timeToLive == 63)
    #expect(summary.identity == decoded(Build.ethernet(Self.inner)).identity)
  }

  /// Whatever a capture left: the tunnel is seen where its header and the one inside were captured.
  @Test(arguments: TunnelCase.all)
  func cutAnywhere(tunnel: TunnelCase) {
    let frame = tunnel.outer(Self.inner)
    for count in 0..<frame.count {
      let summary = decoded(Array(frame.prefix(count)), originalLength: frame.count)
      if count > tunnel.offset + 20 {
        #expect(summary.tunnel.encapsulation == tunnel.encapsulation)
        #expect(summary.network.identification == 0x1234)
      }
      if count < 34 { #expect(summary.tunnel.depth == 0) }
    }
  }

  @Test(arguments: TunnelCase.all)
  func fourAreFollowed(tunnel: TunnelCase) {
    var packet = Self.inner
    for depth in 1...5 {
      packet = Array(tunnel.outer(packet).dropFirst(14))
      let summary = decoded(Build.ethernet(packet))
      #expect(summary.end == .complete)
      #expect(summary.tunnel.depth == UInt8(min(depth, 4)))
      #expect(summary.network.timeToLive == (depth <= 4 ? 63 : 64))
    }
  }

  @Test(arguments: 0...6 as ClosedRange<UInt8>)
  func fewerOnDemand(depth: UInt8) throws {
    var packet = Self.inner
    for _ in 1...5 { packet = Array(TunnelCase.all[0].outer(packet).dropFirst(14)) }
    var options = DecodingOptions()
    options.maximumTunnelDepth = depth
    let frame = Build.ethernet(packet)
    var summary = PacketSummary()
    try #require(PacketDecoder(linkType: 1, options: options)).decode(
      frame.span.bytes, originalLength: UInt32(frame.count), into: &summary)
    #expect(summary.tunnel.depth == min(depth, 4))
    #expect(summary.end == .complete)
  }

  /// 6in4, and both versions in IPv6.
  @Test func ipVersions() {
    let six = Build.ipv6(Build.udp([1, 2]), nextHeader: 17)
    let sit = decoded(Build.outer(six, protocol: 41))
    #expect(sit.tunnel.encapsulation == .sit)
    #expect(sit.network.source.description == "2001:db8::1")
    let six6 = decoded(Build.ethernet(Build.ipv6(six, nextHeader: 41), type: 0x86dd))
    #expect(six6.tunnel.encapsulation == .ip6tnl)
    #expect(six6.network.version == 6)
    let four6 = decoded(Build.ethernet(Build.ipv6(Self.inner, nextHeader: 4), type: 0x86dd))
    #expect(four6.tunnel.encapsulation == .ip6tnl)
    #expect(four6.tunnel.source.description == "2001:db8::1")
    #expect(four6.network.version == 4)
    let gre6 = decoded(Build.outer(hex("0000 86dd") + six, protocol: 47))
    #expect(gre6.tunnel.encapsulation == .gre)
    #expect(gre6.network.version == 6)
  }

  @Test func differentTunnelsInsideEachOther() {
    let gre = Build.ipv4(hex("2000 0800 00000009") + Self.inner, protocol: 47, timeToLive: 9)
    let frame = Build.tunnelled(Build.ethernet(gre), header: "88 400065 000001 00")
    let summary = decoded(frame)
    #expect(summary.tunnel.encapsulation == .gre)
    #expect(summary.tunnel.depth == 2)
    #expect(summary.tunnel.vni == 9)
    #expect(summary.tunnel.timeToLive == 9)
    #expect(summary.tunnel.reserved == 0)
    #expect(summary.tunnel.sourcePort == 0)
    #expect(summary.network.timeToLive == 63)
  }

  /// What RFCs tell receivers to ignore is decapsulated and flagged.
  @Test(arguments: [
    ("08 000000 000001 00", false), ("09 000000 000001 00", true), ("08 000000 000001 01", true),
    ("88 480102 000001 00", false), ("88 800102 000001 00", true), ("88 000102 000001 04", true),
    ("8c 000102 000001 00", true),
  ])
  func irregularVXLAN(header: String, isIrregular: Bool) {
    let summary = decoded(Build.tunnelled(Build.ethernet(Self.inner), header: header))
    #expect(summary.tunnel.encapsulation == .vxlan)
    #expect(summary.tunnel.isIrregular == isIrregular)
    #expect(summary.tunnel.mayBeRefused == (isIrregular || header.hasPrefix("88")))
    #expect(summary.tunnel.groupPolicy == (header.hasPrefix("8") ? 0x0102 : nil))
  }

  @Test(arguments: [
    (TunnelCase.overUDP("00 01 0800 000001 00", port: 6081), Encapsulation.geneve),
    (TunnelCase.overUDP("00 00 0800 000001 01", port: 6081), .geneve),
    (TunnelCase.overUDP("04 0000 01 000001 00", port: 4790), .vxlanGPE),
    (TunnelCase.overUDP("08 0000 01 000001 00", port: 4790), .vxlanGPE),
    (TunnelCase.overUDP("0d 0000 01 000001 00", port: 4790), .vxlanGPE),
    (TunnelCase.overUDP("0c 0100 01 000001 00", port: 4790), .vxlanGPE),
    (TunnelCase.overIP("0100 0800", protocol: 47), .gre),
    (TunnelCase.overIP("0080 0800", protocol: 47), .gre),
  ])
  func irregular(outer: @Sendable ([UInt8]) -> [UInt8], encapsulation: Encapsulation) {
    let summary = decoded(outer(Self.inner))
    #expect(summary.tunnel.encapsulation == encapsulation)
    #expect(summary.tunnel.isIrregular)
    #expect(summary.identity == decoded(Build.ethernet(Self.inner)).identity)
  }

  /// Other traffic to the same ports and protocols stays what it is.
  @Test(arguments: [
    ("version 1", TunnelCase.overUDP("40 00 0800 000001 00", port: 6081)),
    ("options beyond the datagram", TunnelCase.overUDP("3f 00 0800 000001 00", port: 6081)),
    ("another protocol", TunnelCase.overUDP("00 00 88cc 000001 00", port: 6081)),
    ("another version inside", TunnelCase.overUDP("00 00 86dd 000001 00", port: 6081)),
    ("no Ethernet inside", TunnelCase.overUDP("00 01 6558 000001 00", port: 6081)),
    ("version 1", TunnelCase.overUDP("1c 0000 01 000001 00", port: 4790)),
    ("another protocol", TunnelCase.overUDP("0c 0000 09 000001 00", port: 4790)),
    ("another version inside", TunnelCase.overUDP("0c 0000 02 000001 00", port: 4790)),
    ("NSH too short", TunnelCase.overUDP("0c 0000 04 000001 00 0001 01 01", port: 4790)),
    ("one byte before", TunnelCase.overUDP("45", port: 8285)),
    ("another version", TunnelCase.overIP("0001 0800", protocol: 47)),
    ("PPTP", TunnelCase.overIP("3001 880b 00040001 00000001", protocol: 47)),
    ("source routing", TunnelCase.overIP("4000 0800 0000 0000", protocol: 47)),
    ("another protocol", TunnelCase.overIP("0000 2001", protocol: 47)),
    ("another version inside", TunnelCase.overIP("0000 86dd", protocol: 47)),
    ("labels without IP", TunnelCase.overIP("0000 8847 00010140 00", protocol: 47)),
    ("mirrored without Ethernet", TunnelCase.overIP("1000 88be 00000001 3001", protocol: 47)),
    ("another version inside", TunnelCase.overIP("", protocol: 41)),
  ])
  func isNoTunnel(reason: String, outer: @Sendable ([UInt8]) -> [UInt8]) {
    let frame = outer(Self.inner)
    let summary = decoded(frame)
    #expect(summary.tunnel.encapsulation == .none, "\(reason)")
    #expect(summary.tunnel.depth == 0)
    #expect(summary.network.source.description == "192.168.0.1")
    #expect(summary.end == .complete)
    let header = summary.network.transportProtocol == 17 ? 42 : 34
    #expect(summary.transport.payloadLength == UInt32(frame.count - header))
  }

  /// A DNS query of flannel's old port, or Geneve's, is no tunnel.
  @Test(arguments: [6081, 4790, 8285])
  func dns(port: Int) {
    let query =
      hex("0800 0100 0001 0000 0000 0000 03 777777 07 6578616d706c65 03 636f6d 00 0001 0001")
    let summary = decoded(Build.outer(Build.udp(query, destination: port), protocol: 17))
    #expect(summary.tunnel.depth == 0)
    #expect(summary.transport.payloadLength == UInt32(query.count))
  }

  /// Reports are read by other programs.
  @Test func names() {
    #expect(
      Encapsulation.allCases.map(\.name) == [
        "none", "vxlan", "vxlan-gpe", "geneve", "gre", "nvgre", "erspan", "ipip", "sit", "ip6tnl",
        "flannel-udp", "wireguard",
      ])
  }
}
