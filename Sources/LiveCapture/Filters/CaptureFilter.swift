package import Captures
package import Filters
import Packets

/// Which packets of a point are kept: the user's filter, on the inner packet at every point.
///
/// The kernel's filter looks at the outermost headers. Where a point carries tunnels it lets these pass
/// whatever is in them, and the words are applied to what is inside afterwards.
package struct CaptureFilter: Sendable {
  /// The user's filter; nil for all.
  package let words: InnerPacketFilter?
  /// The capture's own connection; nil to keep it.
  package let ownConnection: OwnConnection?
  /// UDP ports that carry VXLAN.
  package let tunnelPorts: [UInt16]

  package init(
    words: InnerPacketFilter?, ownConnection: OwnConnection?, tunnelPorts: [UInt16]
  ) {
    self.words = words
    self.ownConnection = ownConnection
    self.tunnelPorts = tunnelPorts
  }

  /// What the packets of every point passed, in tcpdump's language; nil for all packets.
  package var expression: String? {
    let own = ownConnection.map { "not " + $0.filter }
    guard let words else { return own }
    return own.map { "(\(words.expression)) and " + $0 } ?? words.expression
  }

  /// The kernel's filter for a point; nil if it lets everything pass.
  ///
  /// - Parameter carriesTunnels: whether encapsulated packets may be seen there.
  package func kernelExpression(carriesTunnels: Bool) -> String? {
    let own = ownConnection.map { "not " + $0.filter }
    guard let words, !carriesTunnels || !words.movesOffsets else { return own }
    var expression = "(\(words.expression))"
    if carriesTunnels {
      let all = "(\(expression) or \(Self.alwaysKept(tunnelPorts)))"
      // The keyword vlan moves the offsets of all that follows it; a tag may stand behind another.
      expression = "(\(all) or (vlan and (\(all) or (vlan and \(all)))))"
    }
    return own.map { $0 + " and " + expression } ?? expression
  }

  /// What may hold or explain a packet that the words ask for.
  private static func alwaysKept(_ ports: [UInt16]) -> String {
    let usual = DecodingOptions()
    let all = ports + [usual.vxlanGPEPort, usual.genevePort, usual.flannelUDPPort]
    let datagrams = all.map { "udp port \($0)" }
    // IP in IP, 6in4 and GRE, by protocol number.
    let others = [4, 41, 47].map { "ip proto \($0) or ip6 proto \($0)" }
    let fragments = ["ip[6:2] & 0x1fff != 0", "ip6 proto 44"]
    return (datagrams + others + fragments + [signalling]).joined(separator: " or ")
  }

  /// Address resolution, and errors: destination unreachable, source quench, redirect, time exceeded,
  /// parameter problem; of ICMPv6 also neighbour discovery.
  private static let signalling =
    "arp or icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 5 or icmp[0] = 11 or icmp[0] = 12"
    + " or (icmp6 and (ip6[40] < 5 or (ip6[40] > 132 and ip6[40] < 138)))"
}

/// Applies a filter to the packets of a point that carries tunnels.
package struct InnerSelection: Sendable {
  private let words: InnerPacketFilter?
  private let ownConnection: InnerPacketFilter?
  private let decoder: PacketDecoder?
  private var summary = PacketSummary()

  /// Nil where there is nothing to select.
  package init?(_ filter: CaptureFilter, linkType: LinkType) throws(FilterError) {
    words = filter.words
    if let own = filter.ownConnection {
      ownConnection = try InnerPacketFilter(expression: own.filter)
    } else {
      ownConnection = nil
    }
    guard words != nil || ownConnection != nil else { return nil }
    var options = DecodingOptions()
    for port in filter.tunnelPorts { options.vxlanPorts.append(port) }
    decoder = PacketDecoder(linkType: linkType.rawValue, options: options)
  }

  /// Whether a record is kept: its innermost packet matches, or it is of those that explain others.
  package mutating func keeps(_ record: borrowing CaptureRecord) -> Bool {
    guard let decoder else { return true }
    decoder.decode(record.bytes, originalLength: record.originalLength, into: &summary)
    guard summary.isObservation else { return true }
    let isPlain = summary.tunnel.depth == 0
    // What the kernel let pass without a tunnel matched its filter.
    if isPlain && (summary.network.isFragment || isSignalling) { return true }
    if let words, !matches(words, record) { return false }
    if let ownConnection, matches(ownConnection, record) { return false }
    return true
  }

  private var isSignalling: Bool {
    let (number, type) = (summary.network.transportProtocol, summary.transport.icmpType)
    switch number {
    case 1: return [3, 4, 5, 11, 12].contains(type)
    case 58: return type < 5 || 133...137 ~= type
    default: return false
    }
  }

  private func matches(
    _ filter: InnerPacketFilter, _ record: borrowing CaptureRecord
  ) -> Bool {
    let hasEthernet = summary.link.hasEthernet
    let start = Int(hasEthernet ? summary.link.ethernetOffset : summary.network.offset)
    guard start <= record.bytes.byteCount else { return false }
    let packet = record.bytes.extracting(droppingFirst: start)
    let length = record.originalLength - UInt32(start)
    return hasEthernet
      ? filter.matches(ethernetFrame: packet, originalLength: length)
      : filter.matches(ipPacket: packet, originalLength: length)
  }
}
