import TestSupport
import Testing

@testable import Packets

/// Single frames of other projects' captures that have no table: what tshark 4.0.17 shows of each.
@Suite(.enabled(if: SharedCaptures.arePresent, "\(SharedCaptures.skipReason)"))
struct SharedTunnelTests {
  struct Expectation: CustomTestStringConvertible {
    let file: String
    let frame: Int
    let encapsulation: Encapsulation
    let depth: UInt8
    let vni: UInt32
    /// From which address to which, outside (nil without a tunnel) and inside.
    let outer: String?
    let inner: String
    let identification: UInt16
    let timeToLive: UInt8

    var testDescription: String { "\(file) \(frame)" }

    init(
      _ file: String, frame: Int = 1, _ encapsulation: Encapsulation = .none, depth: UInt8 = 0,
      vni: UInt32 = 0, outer: String? = nil, inner: String, identification: UInt16 = 0,
      timeToLive: UInt8
    ) {
      self.file = file
      self.frame = frame
      self.encapsulation = encapsulation
      self.depth = depth
      self.vni = vni
      self.outer = outer
      self.inner = inner
      self.identification = identification
      self.timeToLive = timeToLive
    }
  }

  static let expectations = [
    Expectation(
      "tunnels/CESNET__FlowTest__gre.pcap", .gre, depth: 1, outer: "10.0.0.1 10.0.0.2",
      inner: "1.1.1.1 2.2.2.2", identification: 0x000a, timeToLive: 255),
    Expectation(
      "tunnels/dotpcap__packetnet__gre_all_options.pcap", .gre, depth: 1, vni: 0x1d97c,
      outer: "203.0.113.1 192.0.2.2", inner: "10.1.2.1 10.1.2.2", identification: 0x000c,
      timeToLive: 255),
    Expectation(
      "tunnels/dotpcap__packetnet__gre_nvgre.pcap", .nvgre, depth: 1, vni: 0x123456,
      outer: "100.0.17.1 100.0.17.2", inner: "10.0.0.1 10.0.0.2", timeToLive: 64),
    Expectation(
      "tunnels/dotpcap__packetnet__gre_ipv6.pcap", .gre, depth: 1, outer: "10.1.1.0 10.1.1.2",
      inner: "1:1:1:1:1:1:1:1 2:2:2:2:2:2:2:2", timeToLive: 32),
    Expectation(
      "tunnels/skydive-project__skydive__gre-gre-icmpv4.pcap", .gre, depth: 2,
      outer: "10.10.11.2 10.10.13.2", inner: "10.10.25.1 192.168.1.2", identification: 0x23b8,
      timeToLive: 255),
    Expectation(
      "tunnels/skydive-project__skydive__ping-with-without-ethernet.pcap", frame: 2, .gre, depth: 1,
      outer: "10.35.2.15 10.35.2.17", inner: "192.168.2.3 192.168.1.3", identification: 0xf619,
      timeToLive: 63),
    Expectation(
      "tunnels/OISF__suricata-verify__decode-erspan-typeII-01__input.pcap", frame: 3, .erspan,
      depth: 1, vni: 100, outer: "2.2.2.2 1.1.1.1", inner: "23.0.0.2 23.0.0.3",
      identification: 0x0894, timeToLive: 255),
    Expectation(
      "tunnels/the-tcpdump-group__tcpdump__erspan-type-i-2.pcap", .erspan, depth: 1,
      outer: "1.1.1.1 192.168.255.5", inner: "10.52.128.233 10.52.128.234", identification: 0x9f43,
      timeToLive: 255),
    Expectation(
      "tunnels/zeek__zeek__gre-erspan3-dot1q.pcap", .erspan, depth: 1,
      outer: "172.31.1.23 172.31.1.135", inner: "172.31.10.31 172.31.10.2", identification: 0xbae6,
      timeToLive: 64),
    Expectation(
      "tunnels/OISF__suricata-verify__ipv4_over_ipv4.pcap", .ipip, depth: 1,
      outer: "10.1.0.1 10.1.0.2", inner: "10.1.0.3 10.1.0.4", identification: 0x04d2,
      timeToLive: 127),
    Expectation(
      "tunnels/seladb__PcapPlusPlus__Ftp.pcap", frame: 2, .sit, depth: 1,
      outer: "139.18.25.33 81.131.67.131",
      inner: "2001:638:902:1:201:2ff:fee2:7596 2002:5183:4383::5183:4383", timeToLive: 63),
    Expectation(
      "tunnels/zeek__zeek__4in6.pcap", .ip6tnl, depth: 1,
      outer: "2002:4637:d5d3::4637:d5d3 2001:4860:0:2001::68",
      inner: "70.55.213.211 192.88.99.1", identification: 1, timeToLive: 64),
    Expectation(
      "tunnels/zeek__zeek__6in6in6.pcap", .ip6tnl, depth: 2, outer: "babe::beef dead::babe",
      inner: "dead::beef cafe::babe", timeToLive: 64),
    Expectation(
      "vxlan/arkime__arkime__gre-erspan-vxlan.pcap", .vxlanGPE, depth: 2,
      outer: "172.16.27.131 172.16.27.121", inner: "10.16.27.12 10.16.27.131", identification: 1,
      timeToLive: 64),
    Expectation(
      "vxlan/arkime__arkime__arkime_synthetic.pcap", frame: 618, .vxlanGPE, depth: 1, vni: 54321,
      outer: "10.40.9.1 10.40.9.100", inner: "192.0.2.10 192.0.2.20", identification: 1,
      timeToLive: 64),
    Expectation(
      "linktypes/seladb__PcapPlusPlus__null_loopback.pcap", inner: "::1 ::1", timeToLive: 64),
    Expectation(
      "linktypes/seladb__PcapPlusPlus__null_loopback.pcap", frame: 2,
      inner: "172.16.1.117 172.16.1.255", identification: 0xc169, timeToLive: 64),
    Expectation(
      "linktypes/the-tcpdump-group__tcpdump__HDLC.pcap", frame: 7, inner: "10.0.0.1 10.0.0.2",
      timeToLive: 255),
    Expectation(
      "linktypes/the-tcpdump-group__tcpdump__mpls-ldp-hello.pcap", inner: "10.1.1.3 224.0.0.2",
      identification: 0x3cdb, timeToLive: 1),
  ]

  @Test(arguments: expectations)
  func innermostPacket(expected: Expectation) throws {
    let entry = try #require(SharedCaptures.entries.first { $0.name == expected.file })
    let capture = try #require(PcapFrames(path: entry.path))
    let frame = capture.frames[expected.frame - 1]
    let summary = decoded(
      frame.bytes, linkType: capture.linkType, originalLength: frame.originalLength)
    #expect(summary.end == .complete)
    #expect(summary.tunnel.encapsulation == expected.encapsulation)
    #expect(summary.tunnel.depth == expected.depth)
    #expect(summary.tunnel.vni == expected.vni)
    if let outer = expected.outer {
      #expect("\(summary.tunnel.source) \(summary.tunnel.destination)" == outer)
    }
    #expect("\(summary.network.source) \(summary.network.destination)" == expected.inner)
    #expect(summary.network.identification == expected.identification)
    #expect(summary.network.timeToLive == expected.timeToLive)
  }
}
