/// Transport headers: fills `PacketSummary.transport` and `identity`, and hands on what is a
/// tunnel.
extension PacketDecoder {
  @inline(always)
  func decodeTransport(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    if summary.network.isFragment {
      summary.setIdentity()
      // What follows in a later fragment is not a header.
      guard summary.network.fragmentOffset == 0 else { return decodeUnknown(bytes, into: &summary) }
    }
    switch IPProtocol(rawValue: summary.network.transportProtocol) {
    case .tcp: return decodeTCP(bytes, into: &summary)
    case .udp: return decodeUDP(bytes, into: &summary)
    case .icmp where summary.network.version == 4: return decodeICMP(bytes, into: &summary)
    case .icmpv6 where summary.network.version == 6: return decodeICMP(bytes, into: &summary)
    case .sctp: return decodeSCTP(bytes, into: &summary)
    case .ipv4, .ipv6, .gre: return decodeIPTunnel(bytes, into: &summary)
    default: return decodeUnknown(bytes, into: &summary)
    }
  }

  /// A tunnel right behind the IP header, if it is one.
  private func decodeIPTunnel(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd
  {
    guard summary.tunnel.depth < maximumTunnelDepth, !refusesFragment(&summary) else {
      return decodeUnknown(bytes, into: &summary)
    }
    let end: DecodingEnd? =
      switch IPProtocol(rawValue: summary.network.transportProtocol) {
      case .ipv4: decodeIPInIP(bytes, version: 4, into: &summary)
      case .ipv6: decodeIPInIP(bytes, version: 6, into: &summary)
      default: decodeGRE(bytes, into: &summary)
      }
    return end ?? decodeUnknown(bytes, into: &summary)
  }

  /// Bytes without a transport header that this module knows: all of them are payload.
  private func decodeUnknown(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    finish(bytes, into: &summary)
  }

  private func decodeTCP(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let segment = try TCPSegment(bytes.captured)
      summary.transport.hasPorts = true
      summary.transport.sourcePort = segment.sourcePort
      summary.transport.destinationPort = segment.destinationPort
      summary.transport.hasSequence = true
      summary.transport.sequence = segment.sequence
      summary.transport.acknowledgment = segment.acknowledgment
      summary.transport.flags = segment.flags
      summary.transport.window = segment.window
      if summary.network.identification == 0 { summary.transport.timestamp = segment.timestamp }
      guard bytes.length >= segment.headerLength else {
        return .malformed(.tcp, offset: bytes.offset)
      }
      // Numbers enough tell a segment with an IP identification from all others.
      let end = finish(
        bytes.dropping(segment.headerLength), isDigested: summary.network.identification == 0,
        into: &summary)
      guard bytes.captured.byteCount >= segment.headerLength else {
        summary.transport.isHeaderComplete = false
        return .truncated(.tcp, offset: bytes.offset)
      }
      summary.transport.isHeaderComplete = true
      return end
    } catch {
      fillCutHeader(bytes, into: &summary)
      return bytes.end(error, at: .tcp)
    }
  }

  private func decodeUDP(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let datagram = try UDPDatagram(bytes.captured)
      summary.transport.hasPorts = true
      summary.transport.sourcePort = datagram.sourcePort
      summary.transport.destinationPort = datagram.destinationPort
      summary.transport.isHeaderComplete = true
      // The field is too narrow for what segmentation offload hands over, and may then hold anything.
      let hasLength = datagram.length != 0 && bytes.length <= UInt16.max
      let length = hasLength ? datagram.length : bytes.length
      guard length >= UDPDatagram.headerLength else {
        return .malformed(.udp, offset: bytes.offset)
      }
      if length > bytes.length && !summary.network.isFragment {
        _ = finish(bytes.dropping(UDPDatagram.headerLength), into: &summary)
        return .malformed(.udp, offset: bytes.offset)
      }
      // A first fragment holds the inner headers; what they measure goes on in the other fragments.
      let payload = bytes.limited(to: length).dropping(UDPDatagram.headerLength)
      if summary.tunnel.depth < maximumTunnelDepth,
        recognisesVXLAN(payload, destinationPort: datagram.destinationPort),
        !refusesFragment(&summary)
      {
        return decodeVXLAN(payload, into: &summary)
      }
      noteRefusedVXLAN(payload, destinationPort: datagram.destinationPort, into: &summary)
      if options.hasTunnelPort(
        source: datagram.sourcePort, destination: datagram.destinationPort),
        let end = decodeUDPTunnel(payload, into: &summary)
      {
        return end
      }
      let ownLength = min(length, bytes.length) - UDPDatagram.headerLength
      return finish(payload.limited(to: ownLength), into: &summary)
    } catch {
      fillCutHeader(bytes, into: &summary)
      return bytes.end(error, at: .udp)
    }
  }

  private func decodeICMP(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let message = try ICMPMessage(bytes.captured, isVersion6: summary.network.version == 6)
      summary.transport.icmpType = message.type
      summary.transport.icmpCode = message.code
      summary.transport.isHeaderComplete = true
      if message.hasIdentifier {
        summary.transport.icmpIdentifier = message.identifier
        summary.transport.icmpSequence = message.sequence
      }
      let payload = bytes.dropping(ICMPMessage.headerLength)
      return finish(payload, isDigested: !message.quotesPacket, into: &summary)
    } catch {
      return bytes.end(error, at: .icmp)
    }
  }

  private func decodeSCTP(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try SCTPPacket(bytes.captured)
      summary.transport.hasPorts = true
      summary.transport.sourcePort = packet.sourcePort
      summary.transport.destinationPort = packet.destinationPort
      summary.transport.isHeaderComplete = true
      return finish(bytes.dropping(SCTPPacket.headerLength), into: &summary)
    } catch {
      fillCutHeader(bytes, into: &summary)
      return bytes.end(error, at: .sctp)
    }
  }

  /// The packet ends here: takes the measure of its payload, from which its identity follows.
  @inline(always)
  private func finish(
    _ payload: WireBytes, isDigested: Bool = true, into summary: inout PacketSummary
  ) -> DecodingEnd {
    summary.transport.payloadLength = UInt32(truncatingIfNeeded: payload.length)
    let limit = options.digestLengths.length(
      protocol: summary.network.transportProtocol, version: summary.network.version)
    let count = isDigested ? min(payload.length, limit) : 0
    if payload.captured.byteCount >= count {
      summary.transport.payloadDigest = PacketDigest.digest(payload.captured, count: count)
      summary.transport.isDigestComplete = true
    }
    summary.setIdentity()
    return .complete
  }

  /// The ports, and TCP's numbers behind them, as far as they were captured. TCP, UDP and SCTP have their
  /// ports in the same place.
  private func fillCutHeader(_ bytes: WireBytes, into summary: inout PacketSummary) {
    let captured = bytes.captured
    guard captured.byteCount >= 4 else { return }
    summary.transport.hasPorts = true
    summary.transport.sourcePort = captured.networkUInt16(at: 0)
    summary.transport.destinationPort = captured.networkUInt16(at: 2)
    guard summary.network.transportProtocol == IPProtocol.tcp.rawValue, captured.byteCount >= 12
    else { return }
    summary.transport.hasSequence = true
    summary.transport.sequence = captured.networkUInt32(at: 4)
    summary.transport.acknowledgment = captured.networkUInt32(at: 8)
  }
}
