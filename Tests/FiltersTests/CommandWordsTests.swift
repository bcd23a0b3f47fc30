import Filters
import Testing

struct CommandWordsTests {
  @Test(
    arguments: [
      (["a.pcap"], ["a.pcap"], nil),
      (["a.pcap", "b.pcap", "tcp", "port", "80"], ["a.pcap", "b.pcap"], "tcp port 80"),
      (["a.pcap", "tcp port 80 and host 10.1.1.1"], ["a.pcap"], "tcp port 80 and host 10.1.1.1"),
      (["a.pcap", "host", "1.2.3.4", "b.pcap"], ["a.pcap"], "host 1.2.3.4 b.pcap"),
      (["tcp"], ["tcp"], nil),
      (["tcp", "udp"], ["tcp"], "udp"),
      (["a.pcap", "(tcp", "or", "udp)"], ["a.pcap"], "(tcp or udp)"),
      (["a.pcap", "!", "arp"], ["a.pcap"], "! arp"),
      (["a.pcap", "!arp"], ["a.pcap"], "!arp"),
      (["a.pcap", "tcp[13]&2!=0"], ["a.pcap"], "tcp[13]&2!=0"),
      (["a.pcap", "len>100"], ["a.pcap"], "len>100"),
      (["a.pcap", "len=100"], ["a.pcap"], "len=100"),
      (["a.pcap", " tcp"], ["a.pcap"], " tcp"),
      (["a.pcap", "es-is"], ["a.pcap"], "es-is"),
      (["a.pcap", "not", "tcp"], ["a.pcap"], "not tcp"),
      (["a.pcap", "tcp.pcap", "ip-any.pcap"], ["a.pcap", "tcp.pcap", "ip-any.pcap"], nil),
      (["a.pcap", "host/eth0=b.pcap"], ["a.pcap", "host/eth0=b.pcap"], nil),
      (["a.pcap", "ip=b.pcap", "net/b.pcap"], ["a.pcap", "ip=b.pcap", "net/b.pcap"], nil),
      (["a.pcap", "./tcp", "-", ""], ["a.pcap", "./tcp", "-", ""], nil),
      (["a.pcap", "tcpé", "TCP", "10.0.0.1"], ["a.pcap", "tcpé", "TCP", "10.0.0.1"], nil),
      (["a.pcap", "--", "b", "or", "c"], ["a.pcap"], "b or c"),
      (["a.pcap", "--"], ["a.pcap"], nil),
      (["--", "tcp"], [], "tcp"),
      ([], [], nil),
    ] as [([String], [String], String?)])
  func split(words: [String], inputs: [String], filter: String?) {
    let split = InnerPacketFilter.splitWords(words)
    #expect(split.inputs == inputs)
    #expect(split.filter == filter)
  }

  /// The protocols, qualifiers and operators of pcap-filter(7) that an expression can open with,
  /// each with a rest that makes it one.
  @Test(arguments: [
    "ether host 00:11:22:33:44:55", "ether broadcast", "link proto 0x0800", "fddi multicast",
    "tr multicast", "wlan multicast", "ppp multicast", "slip multicast", "ip host 1.2.3.4",
    "ip6 net fe80::/10", "arp", "rarp", "decnet src 10.15", "atalk", "aarp", "iso", "stp", "ipx",
    "netbeui", "lat", "moprc", "mopdl", "tcp", "udp", "icmp", "icmp6", "igmp", "igrp", "pim", "ah",
    "esp", "vrrp", "carp", "sctp", "host 1.2.3.4", "net 10.0.0.0/8", "port 80", "portrange 1-2",
    "proto 6", "protochain 6", "src host 1.2.3.4", "dst net 10.0.0.0/8", "less 64", "greater 64",
    "broadcast", "multicast", "vlan", "mpls", "pppoed", "pppoes", "geneve", "llc", "clnp", "esis",
    "isis", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp", "len > 1", "length > 1", "not tcp",
    "byte 0 = 1",
  ])
  func keywordsOpenAFilterThatCompiles(expression: String) throws {
    #expect(InnerPacketFilter.splitWords(["a.pcap", expression]).filter == expression)
    _ = try InnerPacketFilter(expression: expression)
  }
}
