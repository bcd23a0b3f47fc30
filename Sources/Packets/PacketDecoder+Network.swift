/// IP headers: fills `PacketSummary.network` and hands on what they carry.
extension PacketDecoder {
  /// Extension headers of one packet that are followed.
  private static let maximumExtensionHeaders = 16

  @inline(always)
  func decodeIPv4(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try IPv4Packet(bytes.captured)
      let length = packet.totalLength == 0 ? bytes.length : packet.totalLength
      fill(&summary.network, from: packet, length: length, offset: bytes.offset)
      guard length >= packet.headerLength else { return .malformed(.ipv4, offset: bytes.offset) }
      let whole = bytes.limited(to: length)
      guard whole.captured.byteCount >= packet.headerLength else {
        return whole.end(.short(required: packet.headerLength), at: .ipv4)
      }
      return decodeTransport(whole.dropping(packet.headerLength), into: &summary)
    } catch {
      return bytes.end(error, at: .ipv4)
    }
  }

  @inline(always)
  private func fill(
    _ network: inout NetworkSummary, from packet: borrowing IPv4Packet, length: Int, offset: UInt32
  ) {
    network.version = 4
    network.timeToLive = packet.timeToLive
    network.trafficClass = packet.trafficClass
    network.transportProtocol = packet.transportProtocol.rawValue
    network.identification = packet.identification
    network.offset = offset
    network.length = UInt32(truncatingIfNeeded: length)
    network.source = packet.source
    network.destination = packet.destination
    network.dontFragment = packet.dontFragment
    network.moreFragments = packet.moreFragments
    network.fragmentOffset = packet.fragmentOffset
    network.isFragment = packet.moreFragments || packet.fragmentOffset != 0
    network.fragmentIdentification = network.isFragment ? UInt32(packet.identification) : 0
  }

  func decodeIPv6(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try IPv6Packet(bytes.captured)
      let isLengthGiven = packet.payloadLength != 0 || packet.nextHeader == .ipv6NoNextHeader
      let length = isLengthGiven ? IPv6Packet.headerLength + packet.payloadLength : bytes.length
      summary.network.version = 6
      summary.network.timeToLive = packet.hopLimit
      summary.network.trafficClass = packet.trafficClass
      summary.network.transportProtocol = packet.nextHeader.rawValue
      summary.network.offset = bytes.offset
      summary.network.length = UInt32(truncatingIfNeeded: length)
      summary.network.source = packet.source
      summary.network.destination = packet.destination
      let payload = bytes.limited(to: length).dropping(IPv6Packet.headerLength)
      if packet.nextHeader == .tcp || packet.nextHeader == .udp {
        return decodeTransport(payload, into: &summary)
      }
      return decodeExtensionHeaders(payload, isLengthGiven: isLengthGiven, into: &summary)
    } catch {
      return bytes.end(error, at: .ipv6)
    }
  }

  private func decodeExtensionHeaders(
    _ payload: WireBytes, isLengthGiven: Bool, into summary: inout PacketSummary
  ) -> DecodingEnd {
    var length = payload.length
    var position = 0
    headers: for _ in 0..<Self.maximumExtensionHeaders {
      let kind = IPProtocol(rawValue: summary.network.transportProtocol)
      let rest = payload.limited(to: length).dropping(position)
      do throws(HeaderError) {
        if kind == .ipv6Fragment {
          let header = try IPv6FragmentHeader(rest.captured)
          summary.network.transportProtocol = header.nextHeader.rawValue
          position += IPv6FragmentHeader.headerLength
          fill(&summary.network, from: header)
          if header.fragmentOffset != 0 { break headers }
        } else if IPv6ExtensionHeader.isExtension(kind) {
          let header = try IPv6ExtensionHeader(rest.captured, of: kind)
          summary.network.transportProtocol = header.nextHeader.rawValue
          position += header.length
          if kind == .hopByHopOptions, !isLengthGiven, let jumbo = header.jumboPayloadLength {
            guard jumbo >= position else {
              return .malformed(.ipv6Extension, offset: rest.offset)
            }
            length = Int(jumbo)
            summary.network.length = jumbo &+ UInt32(IPv6Packet.headerLength)
          }
        } else {
          break headers
        }
      } catch {
        return rest.end(error, at: .ipv6Extension)
      }
    }
    return decodeTransport(payload.limited(to: length).dropping(position), into: &summary)
  }

  private func fill(_ network: inout NetworkSummary, from header: borrowing IPv6FragmentHeader) {
    guard !header.isAtomic else { return }
    network.isFragment = true
    network.moreFragments = header.moreFragments
    network.fragmentOffset = header.fragmentOffset
    network.fragmentIdentification = header.identification
  }
}
