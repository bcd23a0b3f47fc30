/// The tunnels beside VXLAN: fills `PacketSummary.tunnel` and starts again at what they carry. Each
/// function answers nil, and leaves the summary alone, where the bytes are something else.
extension PacketDecoder {
  /// The tunnels that UDP's ports name, if `DecodingOptions.hasTunnelPort`.
  @inline(never)
  func decodeUDPTunnel(_ payload: WireBytes, into summary: inout PacketSummary) -> DecodingEnd? {
    let isFollowed = summary.tunnel.depth < maximumTunnelDepth
    switch summary.transport.destinationPort {
    case options.genevePort where isFollowed: return decodeGeneve(payload, into: &summary)
    case options.vxlanGPEPort where isFollowed: return decodeVXLANGPE(payload, into: &summary)
    case options.flannelUDPPort where isFollowed: return decodeFlannelUDP(payload, into: &summary)
    default:
      markWireGuard(payload, into: &summary)
      return nil
    }
  }

  private func markWireGuard(_ payload: WireBytes, into summary: inout PacketSummary) {
    guard
      options.wireGuardPorts.contains(summary.transport.destinationPort)
        || options.wireGuardPorts.contains(summary.transport.sourcePort)
    else { return }
    do throws(HeaderError) {
      if try WireGuardMessage(payload).isPlausible { summary.transport.opaqueTunnel = .wireGuard }
    } catch {
      // Too little was captured to tell.
    }
  }

  private func decodeGeneve(
    _ bytes: WireBytes, into summary: inout PacketSummary
  ) -> DecodingEnd? {
    do throws(HeaderError) {
      let packet = try GenevePacket(bytes.captured)
      let header = TunnelHeader(
        encapsulation: .geneve, vni: packet.vni, flags: packet.flags,
        reserved: UInt32(packet.reserved), isStandard: packet.isStandard)
      return decodeTunnelled(
        bytes.dropping(packet.headerLength), etherType: packet.protocolType, after: header,
        into: &summary)
    } catch {
      return nil
    }
  }

  private func decodeVXLANGPE(
    _ bytes: WireBytes, into summary: inout PacketSummary
  ) -> DecodingEnd? {
    do throws(HeaderError) {
      let packet = try VXLANGPEPacket(bytes.captured)
      var length = VXLANGPEPacket.headerLength
      var next = packet.nextProtocol
      if next == .nsh {
        let service = try NSHPacket(bytes.dropping(length).captured)
        length += service.headerLength
        next = service.nextProtocol
      }
      guard let etherType = next.etherType else { return nil }
      let header = TunnelHeader(
        encapsulation: .vxlanGPE, vni: packet.vni, flags: packet.flags, reserved: packet.reserved,
        isStandard: packet.isStandard)
      return decodeTunnelled(
        bytes.dropping(length), etherType: etherType, after: header, into: &summary)
    } catch {
      return nil
    }
  }

  private func decodeFlannelUDP(
    _ bytes: WireBytes, into summary: inout PacketSummary
  ) -> DecodingEnd? {
    guard let version = EncapsulatedPacket(bytes).consistentVersion else { return nil }
    return decodeTunnelled(
      bytes, etherType: version == 4 ? .ipv4 : .ipv6,
      after: TunnelHeader(encapsulation: .flannelUDP), into: &summary)
  }

  func decodeGRE(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd? {
    do throws(HeaderError) {
      let packet = try GREPacket(bytes.captured)
      let payload = bytes.dropping(packet.headerLength)
      var header = TunnelHeader(
        encapsulation: .gre, vni: packet.key, flags: packet.flags,
        reserved: UInt32(packet.secondByte))
      switch packet.protocolType {
      case .erspan where !packet.hasSequenceNumber:
        header.encapsulation = .erspan
        return decodeTunnelled(
          payload, etherType: .transparentEthernet, after: header, into: &summary)
      case .erspan, .erspanType3:
        let mirror = try ERSPANHeader(payload.captured)
        header.encapsulation = .erspan
        header.vni = mirror.sessionIdentifier
        return decodeTunnelled(
          payload.dropping(mirror.length), etherType: .transparentEthernet, after: header,
          into: &summary)
      case .transparentEthernet where packet.isNVGRE:
        header.encapsulation = .nvgre
        header.vni = packet.key >> 8
        fallthrough
      default:
        return decodeTunnelled(
          payload, etherType: packet.protocolType, after: header, into: &summary)
      }
    } catch {
      return nil
    }
  }

  /// IP right behind IP.
  func decodeIPInIP(
    _ bytes: WireBytes, version: UInt8, into summary: inout PacketSummary
  ) -> DecodingEnd? {
    let inIPv4: Encapsulation = version == 4 ? .ipip : .sit
    let header = TunnelHeader(encapsulation: summary.network.version == 4 ? inIPv4 : .ip6tnl)
    return decodeTunnelled(
      bytes, etherType: version == 4 ? .ipv4 : .ipv6, after: header, into: &summary)
  }

  /// `bytes` follow the tunnel's header.
  private func decodeTunnelled(
    _ bytes: WireBytes, etherType: EtherType, after header: TunnelHeader,
    into summary: inout PacketSummary
  ) -> DecodingEnd? {
    switch etherType {
    case .transparentEthernet:
      let frame = EncapsulatedFrame(bytes)
      guard frame.isPlausible(afterStandardHeader: header.isStandard) else { return nil }
      enterTunnel(header, payload: bytes, etherType: etherType, into: &summary)
      return decodeEthernet(bytes, into: &summary)
    case .ipv4:
      guard EncapsulatedPacket(bytes).isPlausible(version: 4) else { return nil }
    case .ipv6:
      guard EncapsulatedPacket(bytes).isPlausible(version: 6) else { return nil }
    case .arp:
      guard bytes.length >= ARPPacket.fixedLength else { return nil }
    case .mpls:
      guard EncapsulatedPacket.isLabelled(bytes) else { return nil }
    default:
      return nil
    }
    enterTunnel(header, payload: bytes, etherType: etherType, into: &summary)
    return decodePayload(bytes, etherType: etherType, into: &summary)
  }

  /// Takes the headers so far for the outer ones of a tunnel: what follows is decoded anew.
  @inline(always)
  func enterTunnel(
    _ header: TunnelHeader, payload: borrowing WireBytes, etherType: EtherType,
    into summary: inout PacketSummary
  ) {
    if summary.network.isFragment && summary.tunnel.depth == 0 {
      summary.tunnel.isFragment = true
      summary.tunnel.fragmentNetworkOffset = summary.network.offset
    }
    summary.tunnel.encapsulation = header.encapsulation
    summary.tunnel.depth += 1
    summary.tunnel.source = summary.network.source
    summary.tunnel.destination = summary.network.destination
    summary.tunnel.sourcePort = summary.transport.sourcePort
    summary.tunnel.destinationPort = summary.transport.destinationPort
    summary.tunnel.vni = header.vni
    summary.tunnel.flags = header.flags
    summary.tunnel.reserved = header.reserved
    summary.tunnel.identification = summary.network.identification
    summary.tunnel.timeToLive = summary.network.timeToLive
    summary.tunnel.trafficClass = summary.network.trafficClass
    summary.tunnel.payloadOffset = payload.offset
    summary.tunnel.payloadLength = UInt32(truncatingIfNeeded: payload.length)
    summary.tunnel.payloadType = etherType.rawValue
    summary.network = NetworkSummary()
    summary.transport = TransportSummary()
    summary.identity = 0
    summary.link.hasEthernet = false
    summary.link.destination = 0
    summary.link.source = 0
    summary.link.etherType = 0
  }
}

/// What a tunnel's own header says.
struct TunnelHeader {
  var encapsulation: Encapsulation
  var vni: UInt32 = 0
  var flags: UInt8 = 0
  var reserved: UInt32 = 0
  /// Whether the header itself is beyond doubt, as that of a protocol with a number of its own.
  var isStandard = true
}
