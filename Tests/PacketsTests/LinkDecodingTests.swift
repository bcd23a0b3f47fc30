import Testing

@testable import Packets

@Suite struct LinkDecodingTests {
  static let packet = Build.ipv4(Build.udp([1, 2, 3]), protocol: 17)

  @Test func ethernet() {
    let summary = decoded(Build.ethernet(Self.packet))
    #expect(summary.end == .complete)
    #expect(summary.link.hasEthernet)
    #expect(summary.link.destination == 0x0200_0000_0001)
    #expect(summary.link.source == 0x0200_0000_0002)
    #expect(summary.link.etherType == 0x0800)
    #expect(summary.network.offset == 14)
    #expect(summary.transport.destinationPort == 53)
    #expect(summary.tunnel.encapsulation == .none)
  }

  @Test(arguments: [
    [0x8100], [0x88a8, 0x8100], [0x9100, 0x8100], Array(repeating: 0x8100, count: 8),
  ])
  func vlanTags(types: [Int]) {
    var inside = bigEndian16(0x0800) + Self.packet
    for (index, type) in types.enumerated().reversed() {
      inside = bigEndian16(type) + bigEndian16(0x6000 | (100 + index)) + inside
    }
    let summary = decoded(Array(Build.ethernet([]).prefix(12)) + inside)
    #expect(summary.end == .complete)
    #expect(summary.link.vlan == 100)
    #expect(summary.link.etherType == 0x0800)
    #expect(summary.network.offset == UInt32(14 + 4 * types.count))
    #expect(summary.transport.hasPorts)
  }

  @Test func moreVLANTagsThanSupported() {
    let tags = Array(repeating: hex("81 00 00 01"), count: 9).flatMap { $0 }
    let summary = decoded(Array(Build.ethernet([]).prefix(12)) + tags + hex("08 00") + Self.packet)
    #expect(summary.end == .notIP(etherType: 0x8100))
    #expect(!summary.isObservation)
  }

  @Test func linuxCooked() {
    let header = hex("00 04 00 01 00 06 02 42 ac 11 00 02 00 00 08 00")
    let summary = decoded(header + Self.packet, linkType: 113)
    #expect(summary.end == .complete)
    #expect(summary.link.packetType == 4)
    #expect(summary.link.source == 0x0242_ac11_0002)
    #expect(!summary.link.hasEthernet)
    #expect(summary.network.offset == 16)
    #expect(summary.transport.sourcePort == 40000)
  }

  @Test func linuxCooked2() {
    let header = hex("08 00 00 00 00 00 00 07 00 01 03 06 02 42 ac 11 00 02 00 00")
    let summary = decoded(header + Self.packet, linkType: 276)
    #expect(summary.end == .complete)
    #expect(summary.link.packetType == 3)
    #expect(summary.link.interfaceIndex == 7)
    #expect(summary.network.offset == 20)
  }

  /// A tagged frame of the `any` interface: the protocol is the tag's type.
  @Test func linuxCookedWithTag() {
    let header = hex("00 00 00 01 00 06 02 42 ac 11 00 02 00 00 81 00  00 2a 08 00")
    let summary = decoded(header + Self.packet, linkType: 113)
    #expect(summary.end == .complete)
    #expect(summary.link.vlan == 42)
  }

  /// LINKTYPE_LINUX_SLL: with ARPHRD_NETLINK the protocol is a netlink family, whatever its number.
  @Test func linuxCookedNetlink() {
    let header = hex("00 04 03 38 00 00 00 00 00 00 00 00 00 00 08 00")
    #expect(decoded(header + Self.packet, linkType: 113).end == .notIP(etherType: 0x0800))
  }

  @Test(arguments: [101, 12, 14, 228] as [UInt16])
  func rawIPv4(linkType: UInt16) {
    let summary = decoded(Self.packet, linkType: linkType)
    #expect(summary.end == .complete)
    #expect(summary.network.version == 4)
    #expect(summary.link.etherType == 0x0800)
    #expect(summary.link.packetType == 255)
  }

  @Test(arguments: [101, 12, 14, 229] as [UInt16])
  func rawIPv6(linkType: UInt16) {
    let packet = Build.ipv6(Build.udp([1]), nextHeader: 17)
    #expect(decoded(packet, linkType: linkType).network.version == 6)
  }

  @Test func rawIPOfTheOtherVersion() {
    #expect(decoded(Self.packet, linkType: 229).end == .malformed(.ipv6, offset: 0))
    let packet = Build.ipv6(Build.udp([1]), nextHeader: 17)
    #expect(decoded(packet, linkType: 228).end == .malformed(.ipv4, offset: 0))
    #expect(decoded([0x10] + packet, linkType: 101).end == .malformed(.link, offset: 0))
  }

  @Test(arguments: [2, 105, 127, 147, 65535] as [UInt16])
  func unsupported(linkType: UInt16) {
    #expect(PacketDecoder(linkType: linkType, options: DecodingOptions()) == nil)
  }

  @Test func otherProtocols() {
    let arp = hex("0001 0800 06 04 0001  020000000001 0a000001  000000000000 0a000002")
    #expect(decoded(Build.ethernet(arp, type: 0x0806)).end == .notIP(etherType: 0x0806))
    #expect(decoded(Build.ethernet([1, 2, 3], type: 0x88cc)).end == .notIP(etherType: 0x88cc))
    #expect(decoded(Build.ethernet([0x42, 0x42, 3], type: 38)).end == .notIP(etherType: 38))
    let cut = Build.ethernet(Array(arp.prefix(20)), type: 0x0806)
    #expect(decoded(cut, originalLength: 42).end == .truncated(.arp, offset: 14))
  }
}
