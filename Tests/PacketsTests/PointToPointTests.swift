import Testing

@testable import Packets

/// Link headers without addresses, and what stands between Ethernet and IP.
@Suite struct PointToPointTests {
  static let packet = Build.ipv4(Build.udp([1, 2, 3]), protocol: 17)
  static let packet6 = Build.ipv6(Build.udp([1]), nextHeader: 17)

  /// Families as tcpdump.org/linktypes lists them, in both byte orders.
  @Test(arguments: [0, 108] as [UInt16])
  func loopback(linkType: UInt16) {
    for header in ["00000002", "02000000"] {
      let summary = decoded(hex(header) + Self.packet, linkType: linkType)
      #expect(summary.end == .complete)
      #expect(summary.network.offset == 4)
      #expect(summary.link.etherType == 0x0800)
      #expect(!summary.link.hasEthernet)
    }
    for header in ["18000000", "0000001c", "1e000000", "0000000a"] {
      #expect(decoded(hex(header) + Self.packet6, linkType: linkType).network.version == 6)
    }
    #expect(
      decoded(hex("07000000") + Self.packet, linkType: linkType).end == .notIP(etherType: 7))
    #expect(decoded(hex("0200"), linkType: linkType).end == .malformed(.link, offset: 0))
    #expect(
      decoded(hex("0200"), linkType: linkType, originalLength: 9).end
        == .truncated(.link, offset: 0))
  }

  /// RFC 1661, sections 6.5 and 6.6: the protocol may be shortened, HDLC's bytes left out.
  @Test(arguments: [("ff 03 00 21", 4), ("00 21", 2), ("21", 1), ("ff 03 21", 3)])
  func ppp(header: String, offset: UInt32) {
    let summary = decoded(hex(header) + Self.packet, linkType: 9)
    #expect(summary.end == .complete)
    #expect(summary.network.offset == offset)
  }

  @Test func pppProtocols() {
    #expect(decoded(hex("ff 03 00 57") + Self.packet6, linkType: 9).network.version == 6)
    #expect(
      decoded(hex("ff 03 c0 21 01 01 00 04"), linkType: 9).end == .notIP(etherType: 0xc021))
    #expect(decoded(hex("ff 03 00"), linkType: 9).end == .malformed(.link, offset: 0))
    #expect(decoded([], linkType: 9).end == .malformed(.link, offset: 0))
  }

  /// LINKTYPE_PPP_HDLC: the first byte tells PPP from Cisco's protocol.
  @Test(arguments: ["ff 03 00 21", "0f 00 08 00", "8f 00 08 00"])
  func hdlc(header: String) {
    let summary = decoded(hex(header) + Self.packet, linkType: 50)
    #expect(summary.end == .complete)
    #expect(summary.network.offset == 4)
  }

  @Test func ciscoHDLC() {
    let summary = decoded(hex("0f 00 86 dd") + Self.packet6, linkType: 104)
    #expect(summary.network.version == 6)
    // Cisco's keepalives have the number of reverse ARP.
    #expect(
      decoded(hex("8f 00 80 35 00000002"), linkType: 104).end == .notIP(etherType: 0x8035))
  }

  /// RFC 3032, section 2.1.
  @Test(arguments: ["00010140", "00010040 00020140"])
  func mpls(labels: String) {
    let stack = hex(labels)
    let summary = decoded(Build.ethernet(stack + Self.packet, type: 0x8847))
    #expect(summary.end == .complete)
    #expect(summary.network.offset == UInt32(14 + stack.count))
    #expect(decoded(Build.ethernet(stack + Self.packet6, type: 0x8848)).network.version == 6)
  }

  @Test func mplsWithoutIP() {
    let controlWord = hex("00010140 00000000") + Build.ethernet(Self.packet)
    #expect(decoded(Build.ethernet(controlWord, type: 0x8847)).end == .notIP(etherType: 0x8847))
    let endless = Array(repeating: hex("00010040"), count: 40).flatMap { $0 }
    #expect(
      decoded(Build.ethernet(endless, type: 0x8847)).end == .malformed(.link, offset: 14))
    let cut = Build.ethernet(hex("00010040 0002"), type: 0x8847)
    #expect(decoded(cut, originalLength: 60).end == .truncated(.link, offset: 14))
  }

  /// RFC 2516, section 4, with a padded frame.
  @Test func pppoe() {
    let session = hex("11 00 0001") + bigEndian16(2 + Self.packet.count) + hex("0021") + Self.packet
    let frame = Build.ethernet(session + Array(repeating: 0, count: 9), type: 0x8864)
    let summary = decoded(frame)
    #expect(summary.end == .complete)
    #expect(summary.network.offset == 22)
    #expect(summary.transport.payloadLength == 3)
    let other = Build.ethernet(hex("12 00 0001 0002 0021"), type: 0x8864)
    #expect(decoded(other).end == .malformed(.link, offset: 14))
    #expect(decoded(Build.ethernet([1], type: 0x8863)).end == .notIP(etherType: 0x8863))
  }

  /// RFC 1042: the EtherType field is a length.
  @Test func snap() {
    let header = hex("aa aa 03 000000 0800")
    let summary = decoded(Build.ethernet(header + Self.packet, type: 8 + Self.packet.count))
    #expect(summary.end == .complete)
    #expect(summary.network.offset == 22)
    #expect(summary.link.etherType == 0x0800)
  }

  @Test(arguments: [
    ("aa aa 03 00000c 2000 0000", 38), ("42 42 03 0000 0000 0000", 38), ("aa aa", 38),
    ("aa aa 03 000000 0026 aa aa 03 000000 0800", 0x26),
  ])
  func otherLinkControl(payload: String, etherType: UInt16) {
    #expect(decoded(Build.ethernet(hex(payload), type: 38)).end == .notIP(etherType: etherType))
  }
}
