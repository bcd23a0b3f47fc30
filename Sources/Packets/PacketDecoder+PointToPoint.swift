/// Links between two ends, without the stations' addresses.
extension PacketDecoder {
  func decodeLoopback(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try LoopbackPacket(bytes.captured)
      let family = UInt16(clamping: packet.family)
      return decodeIP(
        bytes.dropping(LoopbackPacket.headerLength), version: packet.version, other: family,
        into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  func decodePPP(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let frame = try PPPFrame(bytes.captured)
      return decodeIP(
        bytes.dropping(frame.headerLength), version: frame.version, other: frame.protocolNumber,
        into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  func decodePPPoE(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try PPPoEPacket(bytes.captured)
      let frame = bytes.dropping(PPPoEPacket.headerLength)
      return decodePPP(frame.limited(to: min(packet.payloadLength, frame.length)), into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  func decodeCiscoHDLC(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let frame = try CiscoHDLCFrame(bytes.captured)
      return decodePayload(
        bytes.dropping(CiscoHDLCFrame.headerLength), etherType: frame.etherType, into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  /// PPP or Cisco's protocol, which share no first byte.
  func decodeHDLC(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let frame = try CiscoHDLCFrame(bytes.captured)
      return frame.hasOwnAddress
        ? decodeCiscoHDLC(bytes, into: &summary) : decodePPP(bytes, into: &summary)
    } catch {
      return bytes.end(error, at: .link)
    }
  }

  /// `version` is nil for a packet of the protocol `number`, which is not IP.
  private func decodeIP(
    _ bytes: WireBytes, version: UInt8?, other number: UInt16, into summary: inout PacketSummary
  ) -> DecodingEnd {
    guard let version else { return .notIP(etherType: number) }
    return decodePayload(bytes, etherType: version == 4 ? .ipv4 : .ipv6, into: &summary)
  }
}
