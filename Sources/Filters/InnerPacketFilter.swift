/// A filter in tcpdump's language, pcap-filter(7), for the innermost packet of a frame.
///
/// Compiled by libpcap, which also resolves host names in it.
package final class InnerPacketFilter: Sendable {
  package let expression: String
  /// For frames, and for packets captured without an Ethernet header: the offsets differ.
  private let ethernet: CompiledFilter
  private let rawIP: CompiledFilter?

  /// Throws for an expression that libpcap does not compile for Ethernet, and for one that asks
  /// where or in which direction a packet was captured: of a trace's packets that has no answer.
  package init(expression: String) throws(FilterError) {
    for word in ["inbound", "outbound", "ifindex"]
    where FilterWords.identifiers(of: expression).contains(word) {
      throw FilterError(
        expression: expression,
        explanation: """
          '\(word)' has no meaning here: the filter applies to the inner packet, whichever point \
          and direction it was captured in
          """
      )
    }
    self.expression = expression
    ethernet = try CompiledFilter(expression: expression, linkType: CompiledFilter.ethernet)
    rawIP = try? CompiledFilter(expression: expression, linkType: CompiledFilter.rawIP)
  }

  /// Whether a word of it moves the offsets of all that stands after it in an expression.
  package var movesOffsets: Bool {
    !FilterWords.identifiers(of: expression).isDisjoint(
      with: ["vlan", "mpls", "pppoed", "pppoes", "geneve"])
  }

  /// Whether packets captured without an Ethernet header can never match, as with `arp`, `vlan`.
  package var matchesOnlyEthernet: Bool { rawIP == nil }

  /// Whether a frame matches. `frame` is what was captured of it, `originalLength` its length on
  /// the link in bytes.
  package func matches(ethernetFrame frame: RawSpan, originalLength: UInt32) -> Bool {
    ethernet.matches(frame, originalLength: originalLength)
  }

  /// Whether an IP packet that has no Ethernet header matches. Lengths as for frames, from the IP
  /// header on.
  package func matches(ipPacket packet: RawSpan, originalLength: UInt32) -> Bool {
    rawIP?.matches(packet, originalLength: originalLength) ?? false
  }
}
