/// The words of pcap-filter(7), as far as they tell a filter from a file's name.
enum FilterWords {
  /// Whether a word of the command line is a filter's beginning: it opens with a keyword, `(`, `!`.
  static func opensFilter(_ word: String) -> Bool {
    let text = word.utf8.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let first = text.first else { return false }
    if first == UInt8(ascii: "(") || first == UInt8(ascii: "!") {
      return true
    }
    let identifier = text.prefix(while: isIdentifierByte)
    let name = String(Substring(identifier))
    guard openingKeywords.contains(name) else { return false }
    guard let next = text.dropFirst(identifier.count).first else { return true }
    // A path (`host/a.pcap`) and a named point (`ip=a.pcap`) are none; lengths are compared bare.
    return " \t\n[]()!<>&|+*%^".utf8.contains(next)
      || next == UInt8(ascii: "=") && (name == "len" || name == "length")
  }

  /// The identifiers of an expression, as libpcap's scanner cuts them; escaped ones (`\tcp`) are
  /// names, not keywords, and are left out.
  static func identifiers(of expression: String) -> Set<String> {
    var identifiers: Set<String> = []
    var text = expression.utf8[...]
    while let start = text.firstIndex(where: { isIdentifierByte($0) || $0 == UInt8(ascii: "\\") }) {
      let isEscaped = text[start] == UInt8(ascii: "\\")
      text = text[(isEscaped ? text.index(after: start) : start)...]
      let identifier = text.prefix(while: isIdentifierByte)
      if !isEscaped {
        identifiers.insert(String(Substring(identifier)))
      }
      text = text.dropFirst(identifier.count)
    }
    return identifiers
  }

  /// File names such as `tcp.pcap` and `ip-a.pcap` are single identifiers to the scanner, too.
  private static func isIdentifierByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default:
      byte >= 0x80
    }
  }

  /// The keywords that an expression can open with that compiles for Ethernet; none of the words
  /// for 802.11 headers, ATM, SS7 and firewall logs can.
  static let openingKeywords: Set<String> = [
    // Operators and lengths.
    "not", "len", "length", "less", "greater", "byte",
    // Qualifiers of type and direction.
    "src", "dst", "host", "net", "port", "portrange", "proto", "protochain", "gateway",
    "broadcast", "multicast", "inbound", "outbound", "ifindex",
    // Link layers and what is between them and the network layer.
    "ether", "link", "ppp", "slip", "fddi", "tr", "wlan", "llc", "vlan", "mpls", "pppoed",
    "pppoes", "geneve",
    // Internet protocols.
    "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim",
    "vrrp", "carp", "ah", "esp",
    // Other protocols.
    "atalk", "aarp", "decnet", "lat", "sca", "moprc", "mopdl", "iso", "esis", "es-is", "isis",
    "is-is", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp", "clnp", "stp", "ipx", "netbeui",
  ]
}
