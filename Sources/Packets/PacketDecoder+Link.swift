/// Link headers: fills `PacketSummary.link` and hands on by EtherType.
extension PacketDecoder {
  /// Tags in front of a packet that are followed.
  private static let maximumVLANTags = 8

  @inline(always)
  func decodeEthernet(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let frame = try EthernetFrame(bytes.captured)
      summary.link.destination = frame.destination
      summary.link.source = frame.source
      summary.link.hasEthernet = true
      summary.link.ethernetOffset = bytes.offset
      return decodePayload(
        bytes.dropping(EthernetFrame.headerLength), etherType: frame.etherType, into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  func decodeLinuxCooked(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try LinuxCookedPacket(bytes.captured)
      summary.link.source = packet.source
      summary.link.packetType = packet.packetType
      guard packet.hardwareType.hasEtherType else {
        return .notIP(etherType: packet.etherType.rawValue)
      }
      return decodePayload(
        bytes.dropping(LinuxCookedPacket.headerLength), etherType: packet.etherType, into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  func decodeLinuxCooked2(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try LinuxCookedPacket2(bytes.captured)
      summary.link.source = packet.source
      summary.link.packetType = packet.packetType
      summary.link.interfaceIndex = packet.interfaceIndex
      guard packet.hardwareType.hasEtherType else {
        return .notIP(etherType: packet.etherType.rawValue)
      }
      return decodePayload(
        bytes.dropping(LinuxCookedPacket2.headerLength), etherType: packet.etherType, into: &summary
      )
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  func decodeRawIP(
    _ bytes: WireBytes, version: UInt8?, into summary: inout PacketSummary
  ) -> DecodingEnd {
    guard bytes.captured.byteCount > 0 else { return bytes.end(.short(required: 1), at: .link) }
    switch version ?? bytes.captured.byte(at: 0) >> 4 {
    case 4: return decodePayload(bytes, etherType: .ipv4, into: &summary)
    case 6: return decodePayload(bytes, etherType: .ipv6, into: &summary)
    default: return .malformed(.link, offset: bytes.offset)
    }
  }

  /// `etherType` is that of the last link header or tag before `bytes`.
  func decodePayload(
    _ bytes: WireBytes, etherType: EtherType, into summary: inout PacketSummary
  ) -> DecodingEnd {
    summary.link.etherType = etherType.rawValue
    switch etherType {
    case .ipv4: return decodeIPv4(bytes, into: &summary)
    case .ipv6: return decodeIPv6(bytes, into: &summary)
    case .arp: return decodeARP(bytes, into: &summary)
    case _ where etherType.isVLANTag: return decodeVLANTags(bytes, into: &summary)
    case .mpls, .mplsMulticast: return decodeMPLS(bytes, into: &summary)
    case .pppoeSession: return decodePPPoE(bytes, into: &summary)
    case _ where etherType.isLength: return decodeLinkControl(bytes, into: &summary)
    default: return .notIP(etherType: etherType.rawValue)
    }
  }

  /// `summary.link.etherType` says that `bytes` begin with a tag.
  private func decodeVLANTags(
    _ bytes: WireBytes, into summary: inout PacketSummary
  ) -> DecodingEnd {
    var length = 0
    for _ in 0..<Self.maximumVLANTags {
      let rest = bytes.dropping(length)
      do throws(HeaderError) {
        let tag = try VLANTag(rest.captured)
        if summary.tunnel.depth == 0 && length == 0 { summary.link.vlan = tag.identifier }
        length += VLANTag.headerLength
        summary.link.etherType = tag.etherType.rawValue
        guard tag.etherType.isVLANTag else {
          return decodePayload(bytes.dropping(length), etherType: tag.etherType, into: &summary)
        }
      } catch {
        return rest.end(error, at: .vlan)
      }
    }
    return .notIP(etherType: summary.link.etherType)
  }

  private func decodeARP(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    summary.network.offset = bytes.offset
    do throws(HeaderError) {
      _ = try ARPPacket(bytes.captured)
      return .notIP(etherType: EtherType.arp.rawValue)
    } catch {
      return bytes.end(error, at: .arp)
    }
  }

  private func decodeMPLS(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let stack = try MPLSLabelStack(bytes.captured)
      guard let version = stack.versionBehind else {
        return .notIP(etherType: summary.link.etherType)
      }
      return decodePayload(
        bytes.dropping(stack.length), etherType: version == 4 ? .ipv4 : .ipv6, into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  /// Only IP and ARP are followed behind SNAP: nothing that could open another such header.
  private func decodeLinkControl(
    _ bytes: WireBytes, into summary: inout PacketSummary
  ) -> DecodingEnd {
    do throws(HeaderError) {
      let header = try SNAPHeader(bytes.captured)
      switch header.etherType {
      case .ipv4, .ipv6, .arp:
        return decodePayload(
          bytes.dropping(SNAPHeader.length), etherType: header.etherType, into: &summary)
      default:
        return .notIP(etherType: header.etherType.rawValue)
      }
    } catch {
      return .notIP(etherType: summary.link.etherType)
    }
  }
}
