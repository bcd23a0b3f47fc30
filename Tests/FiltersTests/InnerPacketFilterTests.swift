import Filters
import TestSupport
import Testing

struct InnerPacketFilterTests {
  static let expressions = [
    "tcp", "udp port 53", "not tcp", "icmp or icmp6", "ip6", "arp", "vlan", "vlan 10 and icmp",
    "tcp[tcpflags] & tcp-syn != 0", "portrange 1000-60000", "host 10.1.1.1 or net 192.168.0.0/16",
    "greater 200", "less 100", "len > 1400", "ether[0] & 1 = 0", "udp[8:4] = 0x08000000",
    "ip[2:2] > 1000", "ip6 protochain 6", "udp port 4789 or udp port 8472", "ether multicast",
    "tcp port 80 and not host 1.2.3.4", "",
  ]

  static let ethernetCaptures = [
    "vxlan/zeek__zeek__vxlan-encapsulated-http.pcap", "vxlan/arkime__arkime__arkime_synthetic.pcap",
    "vxlan/OISF__suricata-verify__vxlan-arp.pcap",
    "vxlan/the-tcpdump-group__tcpdump__gso-ipv4-vxlan-ipv6.pcap",
    "negative/CESNET__FlowTest__http_get.pcap",
    "negative/CESNET__FlowTest__ipv6-udp-fragmented.pcap",
    "negative/CESNET__FlowTest__ICMP_across_dot1q.pcap",
    "negative/skydive-project__skydive__icmpv4-4vlanQinQ-id-8-10-20-30.pcap",
    "negative/skydive-project__skydive__icmpv4-truncated.pcap",
    "negative/skydive-project__skydive__pcaptraces__dns.pcap",
    "negative/skydive-project__skydive__lldp-detailed.pcap",
    "pcapfmt/zeek__zeek__get-to-ssh-server.pcap",
    "tunnels/OISF__suricata-verify__decode-too-small__test.pcap",
  ]

  static let rawCaptures = [
    "linktypes/seladb__PcapPlusPlus__four_ipv6_http_streams.pcap",
    "linktypes/the-tcpdump-group__tcpdump__LINKTYPE_RAW_ipv4.pcap",
    "linktypes/the-tcpdump-group__tcpdump__gquic.pcap", "linktypes/zeek__zeek__ech.pcap",
  ]

  @Test(
    .enabled(if: SharedCaptures.arePresent, Comment(rawValue: SharedCaptures.skipReason)),
    .enabled(if: Tcpdump.isInstalled, "needs tcpdump"), arguments: ethernetCaptures)
  func selectsTheFramesThatTcpdumpSelects(capture: String) throws {
    let path = try #require(SharedCaptures.folder) + "/" + capture
    let frames = try #require(try Tcpdump.frames(of: path))
    for expression in Self.expressions {
      let expected = try #require(try Tcpdump.frames(of: path, matching: expression))
      let filter = try InnerPacketFilter(expression: expression)
      let selected = frames.filter {
        filter.matches(ethernetFrame: $0.bytes.span.bytes, originalLength: $0.originalLength)
      }
      #expect(selected == expected, "\(expression)")
    }
  }

  @Test(
    .enabled(if: SharedCaptures.arePresent, Comment(rawValue: SharedCaptures.skipReason)),
    .enabled(if: Tcpdump.isInstalled, "needs tcpdump"), arguments: rawCaptures)
  func selectsThePacketsWithoutEthernetThatTcpdumpSelects(capture: String) throws {
    let path = try #require(SharedCaptures.folder) + "/" + capture
    let frames = try #require(try Tcpdump.frames(of: path))
    for expression in Self.expressions {
      let filter = try InnerPacketFilter(expression: expression)
      let expected = try Tcpdump.frames(of: path, matching: expression)
      #expect(filter.matchesOnlyEthernet == (expected == nil), "\(expression)")
      let selected = frames.filter {
        filter.matches(ipPacket: $0.bytes.span.bytes, originalLength: $0.originalLength)
      }
      #expect(selected == expected ?? [], "\(expression)")
    }
  }

  /// An Ethernet frame with a TCP segment from 10.244.2.10:80, by RFC 894, 791 and 9293.
  static let frame: [UInt8] =
    [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00]
    + [0x45, 0, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 244, 2, 10, 10, 244, 1, 2]
    + [0, 80, 0xc0, 0x01, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x12, 0xff, 0xff, 0, 0, 0, 0]

  @Test(arguments: [
    ("tcp port 80 and host 10.244.2.10", true), ("src port 80", true), ("dst port 80", false),
    ("udp", false), ("len = 54", true), ("tcp[tcpflags] & tcp-syn != 0", true),
  ])
  func matchesAFrameAndItsPacket(expression: String, expected: Bool) throws {
    let filter = try InnerPacketFilter(expression: expression)
    #expect(filter.matches(frame: Self.frame) == expected)
    if !expression.hasPrefix("len") {
      #expect(filter.matches(packet: Array(Self.frame.dropFirst(14))) == expected)
    }
  }

  @Test func aCutFrameMatchesOnlyByWhatWasCaptured() throws {
    let host = try InnerPacketFilter(expression: "src host 10.244.2.10")
    let port = try InnerPacketFilter(expression: "src port 80")
    for count in 0...Self.frame.count {
      let cut = Array(Self.frame.prefix(count))
      #expect(host.matches(frame: cut) == (count >= 30))
      #expect(port.matches(frame: cut) == (count >= 36))
    }
  }

  @Test func nothingIsNoPacket() throws {
    let tcp = try InnerPacketFilter(expression: "tcp")
    #expect(!tcp.matches(frame: []))
    #expect(!tcp.matches(packet: []))
    let matchesNoBytes = tcp.matches(ethernetFrame: RawSpan(), originalLength: .max)
    #expect(!matchesNoBytes)
  }

  @Test(arguments: ["arp", "ether host 00:11:22:33:44:55", "vlan 3"])
  func matchesOnlyEthernetWhereRawIPHasNoSuchHeader(expression: String) throws {
    let filter = try InnerPacketFilter(expression: expression)
    #expect(filter.matchesOnlyEthernet)
    #expect(!filter.matches(packet: Array(Self.frame.dropFirst(14))))
  }

  @Test(arguments: [
    "tcp prot 80", "10.0.0.1", "(tcp", "port 99999", "ip and arp and", "host 1.2.3.999",
    "wlan type data",
  ])
  func refusesWhatDoesNotCompile(expression: String) throws {
    let error = #expect(throws: FilterError.self) {
      _ = try InnerPacketFilter(expression: expression)
    }
    #expect(error?.expression == expression)
    #expect(error?.explanation.isEmpty == false)
    #expect(error?.description.contains("'\(expression)'") == true)
  }

  @Test(arguments: ["inbound", "tcp and outbound", "(ifindex 3)", "not inbound and udp"])
  func refusesWhatAsksForThePlaceOfCapture(expression: String) throws {
    let error = #expect(throws: FilterError.self) {
      _ = try InnerPacketFilter(expression: expression)
    }
    #expect(error?.explanation.contains("has no meaning here") == true)
  }
}

extension InnerPacketFilter {
  fileprivate func matches(frame: [UInt8]) -> Bool {
    matches(ethernetFrame: frame.span.bytes, originalLength: 54)
  }

  fileprivate func matches(packet: [UInt8]) -> Bool {
    matches(ipPacket: packet.span.bytes, originalLength: 40)
  }
}
