import Testing

@testable import Packets

@Suite struct NetworkDecodingTests {
  @Test func ipv4Fields() {
    let packet = Build.ipv4(
      Build.udp([]), protocol: 17, identification: 0xd431, timeToLive: 63, trafficClass: 0xb9)
    let network = decoded(Build.ethernet(packet)).network
    #expect(network.version == 4)
    #expect(network.identification == 0xd431)
    #expect(network.timeToLive == 63)
    #expect(network.trafficClass == 0xb9)
    #expect(network.transportProtocol == 17)
    #expect(network.length == 28)
    #expect(network.source.description == "10.244.1.7")
    #expect(network.destination.description == "10.244.2.9")
    #expect(network.dontFragment)
    #expect(!network.isFragment)
  }

  @Test func ipv4Options() {
    let packet =
      hex("46 00 00 20 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02  94 04 00 00")
      + Build.udp([])
    let summary = decoded(Build.ethernet(packet))
    #expect(summary.end == .complete)
    #expect(summary.transport.destinationPort == 53)
    let cut = decoded(Array(Build.ethernet(packet).prefix(36)), originalLength: 46)
    #expect(cut.end == .truncated(.ipv4, offset: 14))
    #expect(cut.network.identification == 1)
    #expect(cut.isObservation)
    #expect(cut.identity == 0)
  }

  @Test func ipv4Fragments() {
    let first = Build.ipv4(Build.udp([1, 2, 3], length: 3000), protocol: 17, fragment: 0x2000)
    let head = decoded(Build.ethernet(first))
    #expect(head.end == .complete)
    #expect(head.network.isFragment && head.network.moreFragments)
    #expect(head.network.fragmentIdentification == 0x1234)
    #expect(head.transport.hasPorts)
    #expect(head.transport.payloadLength == 3)

    let later = Build.ipv4(Build.udp([1, 2, 3]), protocol: 17, fragment: 0x00b9)
    let tail = decoded(Build.ethernet(later))
    #expect(tail.end == .complete)
    #expect(tail.network.isFragment && !tail.network.moreFragments)
    #expect(tail.network.fragmentOffset == 1480)
    #expect(!tail.transport.hasPorts)
    #expect(tail.identity != head.identity)
  }

  @Test(arguments: [
    // Header length below five words, total length below the header, another version.
    ("44 00 00 1c 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02", false),
    ("45 00 00 13 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02", true),
    ("65 00 00 1c 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02", false),
  ])
  func ipv4Malformed(header: String, isObservation: Bool) {
    let summary = decoded(Build.ethernet(hex(header) + Build.udp([])))
    #expect(summary.end == .malformed(.ipv4, offset: 14))
    #expect(summary.isObservation == isObservation)
    #expect(summary.identity == 0)
  }

  /// What Ethernet appends to short frames is not the packet's payload.
  @Test func padding() {
    let frame =
      Build.ethernet(Build.ipv4(Build.tcp([]), protocol: 6)) + Array(repeating: 0, count: 6)
    let summary = decoded(frame)
    #expect(summary.network.length == 40)
    #expect(summary.transport.payloadLength == 0)
    let short = Build.ethernet(Build.ipv4([0, 80], protocol: 6)) + Array(repeating: 0, count: 24)
    #expect(decoded(short).end == .malformed(.tcp, offset: 34))
  }

  /// A length field of 0 before segmentation: the frame's own length counts, not what was captured.
  @Test func ipv4WithoutLength() {
    let packet = Build.ipv4(
      Build.tcp([1, 2, 3, 4]), protocol: 6, identification: 0, totalLength: 0)
    let summary = decoded(Build.ethernet(packet), originalLength: 80014)
    #expect(summary.network.length == 80000)
    #expect(summary.transport.payloadLength == 79960)
    #expect(!summary.transport.isDigestComplete)
  }

  @Test func ipv6Fields() {
    let packet = Build.ipv6(Build.tcp([9]), nextHeader: 6, hopLimit: 62)
    let summary = decoded(Build.ethernet(packet, type: 0x86dd))
    #expect(summary.end == .complete)
    #expect(summary.network.version == 6)
    #expect(summary.network.timeToLive == 62)
    #expect(summary.network.length == 61)
    #expect(summary.network.identification == 0)
    #expect(summary.network.source.description == "2001:db8::1")
    #expect(summary.network.destination.description == "2001:db8::2")
    #expect(summary.transport.payloadLength == 1)
  }

  @Test func ipv6ExtensionHeaders() {
    let chain =
      hex("2b 00 01 04 00 00 00 00") + hex("3c 00 00 00 00 00 00 00")
      + hex("33 00 01 04 00 00 00 00") + hex("11 01 00 00 00 00 00 00 00 00 00 00")
    let packet = Build.ipv6(chain + Build.udp([7]), nextHeader: 0)
    let summary = decoded(Build.ethernet(packet, type: 0x86dd))
    #expect(summary.end == .complete)
    #expect(summary.network.transportProtocol == 17)
    #expect(summary.transport.destinationPort == 53)
    #expect(summary.transport.payloadLength == 1)
  }

  @Test func ipv6Fragments() {
    let first = Build.ipv6(hex("11 00 00 01 de ad be ef") + Build.udp([1]), nextHeader: 44)
    let head = decoded(Build.ethernet(first, type: 0x86dd))
    #expect(head.network.isFragment && head.network.moreFragments)
    #expect(head.network.fragmentIdentification == 0xdead_beef)
    #expect(head.transport.hasPorts)
    let later = Build.ipv6(hex("11 00 05 a8 de ad be ef") + Build.udp([1]), nextHeader: 44)
    let tail = decoded(Build.ethernet(later, type: 0x86dd))
    #expect(tail.network.isFragment && !tail.network.moreFragments)
    #expect(tail.network.fragmentOffset == 1448)
    #expect(!tail.transport.hasPorts)
    // RFC 6946: an atomic fragment is a whole packet.
    let atomic = Build.ipv6(hex("11 00 00 00 de ad be ef") + Build.udp([1]), nextHeader: 44)
    #expect(!decoded(Build.ethernet(atomic, type: 0x86dd)).network.isFragment)
  }

  @Test func jumbogram() {
    let packet = Build.ipv6(
      hex("06 00 c2 04 00 01 38 80") + Build.tcp([1]), nextHeader: 0, payloadLength: 0)
    let summary = decoded(Build.ethernet(packet, type: 0x86dd), originalLength: 80060)
    #expect(summary.network.length == 80040)
    #expect(summary.transport.payloadLength == 80000 - 8 - 20)
  }

  /// A jumbo payload shorter than the header that announces it.
  @Test func jumbogramTooShort() {
    let packet = Build.ipv6(
      hex("06 00 c2 04 00 00 00 01") + Build.tcp([1]), nextHeader: 0, payloadLength: 0)
    let summary = decoded(Build.ethernet(packet, type: 0x86dd))
    #expect(summary.end == .malformed(.ipv6Extension, offset: 54))
    #expect(summary.isObservation)
  }

  @Test func ipv6WithoutLength() {
    let packet = Build.ipv6(Build.tcp([1]), nextHeader: 6, payloadLength: 0)
    let summary = decoded(Build.ethernet(packet, type: 0x86dd), originalLength: 80014)
    #expect(summary.network.length == 80000)
    let nothing = Build.ipv6([], nextHeader: 59)
    #expect(decoded(Build.ethernet(nothing + [0, 0], type: 0x86dd)).network.length == 40)
  }

  @Test func endlessExtensionHeaders() {
    let chain = Array(repeating: hex("3c 00 01 04 00 00 00 00"), count: 100).flatMap { $0 }
    let summary = decoded(Build.ethernet(Build.ipv6(chain, nextHeader: 60), type: 0x86dd))
    #expect(summary.network.transportProtocol == 60)
    #expect(!summary.transport.hasPorts)
  }
}
