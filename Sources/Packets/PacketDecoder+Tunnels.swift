/// The tunnels beside VXLAN: fills `PacketSummary.tunnel` and starts again at what they carry. Each
/// function answers nil where the bytes are something else, and only notes why.
extension PacketDecoder {
  /// The tunnels that UDP's ports name, if `DecodingOptions.hasTunnelPort`.
  @inline(never)
  func decodeUDPTunnel(_ payload: WireBytes, into summary: inout PacketSummary) -> DecodingEnd? {
    let isFollowed = summary.tunnel.depth < maximumTunnelDepth
    switch summary.transport.destinationPort {
    case options.genevePort where isFollowed:
      return refusesFragment(&summary) ? nil : decodeGeneve(payload, into: &summary)
    case options.vxlanGPEPort where isFollowed:
      return refusesFragment(&summary) ? nil : decodeVXLANGPE(payload, into: &summary)
    case options.flannelUDPPort where isFollowed:
      return refusesFragment(&summary) ? nil : decodeFlannelUDP(payload, into: &summary)
    default:
      markWireGuard(payload, into: &summary)
      return nil
    }
  }

  /// Whether a tunnel's packet is itself in a tunnel, and a fragment: only outermost ones are put together, so
  /// that a part of its inner packet would be taken for all of it.
  func refusesFragment(_ summary: inout PacketSummary) -> Bool {
    guard summary.tunnel.depth > 0, summary.network.isFragment else { return false }
    summary.transport.tunnelRefusal = .innerFragment
    return true
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
        reserved: UInt32(packet.reserved), certainty: packet.isStandard ? .standard : .doubtful)
      return decodeTunnelled(
        bytes.dropping(packet.headerLength), etherType: packet.protocolType, after: header,
        refusal: .genevePayload, into: &summary)
    } catch {
      return refuse(.geneveHeader, bytes, error, into: &summary)
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
      guard let etherType = next.etherType else {
        summary.transport.tunnelRefusal = .vxlanGPEPayload
        return nil
      }
      let header = TunnelHeader(
        encapsulation: .vxlanGPE, vni: packet.vni, flags: packet.flags, reserved: packet.reserved,
        certainty: packet.isStandard ? .standard : .doubtful)
      return decodeTunnelled(
        bytes.dropping(length), etherType: etherType, after: header, refusal: .vxlanGPEPayload,
        into: &summary)
    } catch {
      return refuse(.vxlanGPEHeader, bytes, error, into: &summary)
    }
  }

  private func decodeFlannelUDP(
    _ bytes: WireBytes, into summary: inout PacketSummary
  ) -> DecodingEnd? {
    guard let version = EncapsulatedPacket(bytes).consistentVersion else {
      if bytes.captured.byteCount >= min(bytes.length, IPv6Packet.headerLength) {
        summary.transport.tunnelRefusal = .flannelUDPPayload
      }
      return nil
    }
    return decodeTunnelled(
      bytes, etherType: version == 4 ? .ipv4 : .ipv6,
      after: TunnelHeader(encapsulation: .flannelUDP), refusal: .flannelUDPPayload,
      into: &summary)
  }

  /// Of what precedes a packet that is redirected to a web cache, in bytes.
  private static let redirectHeaderLength = 4

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
          payload, etherType: .transparentEthernet, after: header, refusal: .grePayload,
          into: &summary)
      case .erspan, .erspanType3:
        let mirror = try ERSPANHeader(payload.captured)
        header.encapsulation = .erspan
        header.vni = mirror.sessionIdentifier
        return decodeTunnelled(
          payload.dropping(mirror.length), etherType: .transparentEthernet, after: header,
          refusal: .grePayload, into: &summary)
      case .webCache:
        // Version 2 of the protocol has a header of its own, as Linux tells it (net/ipv4/gre_demux.c).
        let hasHeader = !EncapsulatedPacket(payload).isPlausible(version: 4)
        return decodeTunnelled(
          payload.dropping(hasHeader ? Self.redirectHeaderLength : 0), etherType: .ipv4,
          after: header, refusal: .grePayload, into: &summary)
      case .transparentEthernet where packet.isNVGRE:
        header.encapsulation = .nvgre
        header.vni = packet.key >> 8
        fallthrough
      default:
        return decodeTunnelled(
          payload, etherType: packet.protocolType, after: header, refusal: .grePayload,
          into: &summary)
      }
    } catch {
      return refuse(.greHeader, bytes, error, into: &summary)
    }
  }

  /// IP right behind IP.
  func decodeIPInIP(
    _ bytes: WireBytes, version: UInt8, into summary: inout PacketSummary
  ) -> DecodingEnd? {
    let inIPv4: Encapsulation = version == 4 ? .ipip : .sit
    let header = TunnelHeader(encapsulation: summary.network.version == 4 ? inIPv4 : .ip6tnl)
    return decodeTunnelled(
      bytes, etherType: version == 4 ? .ipv4 : .ipv6, after: header, refusal: .ipPayload,
      into: &summary)
  }

  /// Notes why these bytes, which begin with a tunnel's header, are none; not where the capture cut it.
  private func refuse(
    _ refusal: TunnelRefusal, _ bytes: WireBytes, _ error: HeaderError,
    into summary: inout PacketSummary
  ) -> DecodingEnd? {
    if case .malformed = bytes.end(error, at: .vxlan) { summary.transport.tunnelRefusal = refusal }
    return nil
  }

  /// `bytes` follow the tunnel's header; `refusal` is noted if they are not what it announces.
  private func decodeTunnelled(
    _ bytes: WireBytes, etherType: EtherType, after header: TunnelHeader, refusal: TunnelRefusal,
    into summary: inout PacketSummary
  ) -> DecodingEnd? {
    guard Self.isPlausible(bytes, etherType: etherType, after: header) else {
      summary.transport.tunnelRefusal = refusal
      return nil
    }
    enterTunnel(header, payload: bytes, etherType: etherType, into: &summary)
    return etherType == .transparentEthernet
      ? decodeEthernet(bytes, into: &summary)
      : decodePayload(bytes, etherType: etherType, into: &summary)
  }

  /// Whether bytes behind a tunnel's header are what it announces, and of a kind that is followed.
  private static func isPlausible(
    _ bytes: WireBytes, etherType: EtherType, after header: TunnelHeader
  ) -> Bool {
    switch etherType {
    case .transparentEthernet:
      EncapsulatedFrame(bytes).isPlausible(after: header.certainty)
    case .ipv4: EncapsulatedPacket(bytes).isPlausible(version: 4)
    case .ipv6: EncapsulatedPacket(bytes).isPlausible(version: 6)
    case .arp: bytes.length >= ARPPacket.fixedLength
    case .mpls: EncapsulatedPacket.isLabelled(bytes)
    default: false
    }
  }

  /// Takes the headers so far for the outer ones of a tunnel: what follows is decoded anew.
  @inline(always)
  func enterTunnel(
    _ header: TunnelHeader, payload: borrowing WireBytes, etherType: EtherType,
    into summary: inout PacketSummary
  ) {
    if summary.tunnel.depth == 0 {
      summary.tunnel.isFragment = summary.network.isFragment
      summary.tunnel.networkOffset = summary.network.offset
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
  /// What it says of the bytes behind it.
  var certainty = Certainty.certain

  /// How sure it is that bytes are a tunnel's header.
  enum Certainty {
    /// Bits are set that its specification leaves reserved.
    case doubtful
    /// To a tunnel's port, and as its specification has it.
    case standard
    /// Behind an IP header that says so.
    case certain
  }
}
