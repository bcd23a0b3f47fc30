/// A question for the link address of an IP address, or its answer: ARP (RFC 826) or neighbour discovery
/// (RFC 4861, section 4.3 and 4.4).
package struct NeighbourMessage: BitwiseCopyable, Sendable {
  package var isAnswer: Bool
  /// The address that is asked for, or that answers.
  package var target: IPAddress
  /// Who asks; for an answer of neighbour discovery the one that answers.
  package var sender: IPAddress
}

extension PacketSummary {
  /// The question or answer that the frame is; nil for any other frame, and inside a tunnel.
  package func neighbourMessage(in frame: borrowing RawSpan) -> NeighbourMessage? {
    guard tunnel.depth == 0 else { return nil }
    if case .notIP(etherType: EtherType.arp.rawValue) = end { return arpMessage(in: frame) }
    guard network.transportProtocol == IPProtocol.icmpv6.rawValue,
      transport.icmpType == 135 || transport.icmpType == 136, transportFollowsHeader(in: frame)
    else { return nil }
    let target = Int(network.offset) + IPv6Packet.headerLength + 8
    guard target + 16 <= frame.byteCount else { return nil }
    return NeighbourMessage(
      isAnswer: transport.icmpType == 136,
      target: IPAddress(
        high: frame.networkUInt64(at: target), low: frame.networkUInt64(at: target + 8)),
      sender: network.source)
  }

  private func arpMessage(in frame: borrowing RawSpan) -> NeighbourMessage? {
    guard Int(network.offset) <= frame.byteCount else { return nil }
    do throws(HeaderError) {
      let packet = try ARPPacket(frame.extracting(droppingFirst: Int(network.offset)))
      guard packet.isEthernetIPv4 else { return nil }
      let isAnswer = packet.operation == 2
      return NeighbourMessage(
        isAnswer: isAnswer, target: isAnswer ? packet.senderAddress : packet.targetAddress,
        sender: isAnswer ? packet.targetAddress : packet.senderAddress)
    } catch {
      return nil
    }
  }
}
