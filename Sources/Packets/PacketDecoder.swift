/// Turns captured frames of one link type into `PacketSummary`s: link header → IP → transport, and
/// through tunnels to the innermost packet. Reads nothing but the frame, keeps no state between
/// frames.
@usableFromInline package struct PacketDecoder: Sendable {
  /// Bounds the stack that a hostile frame may take.
  private static let deepestTunnel: UInt8 = 4

  @usableFromInline let options: DecodingOptions
  @usableFromInline let maximumTunnelDepth: UInt8
  /// Whether a captured frame begins with an Ethernet header; only then `usualPacket` knows it.
  package let isEthernet: Bool
  private let link: Link

  /// The first header of a captured frame.
  private enum Link {
    case ethernet, linuxCooked, linuxCooked2, loopback, ppp, hdlc, ciscoHDLC
    /// `version` is nil where the first byte tells.
    case rawIP(version: UInt8?)
  }

  /// Nil for a link type (tcpdump.org/linktypes) that is not supported.
  package init?(linkType: UInt16, options: DecodingOptions) {
    switch linkType {
    case 1: link = .ethernet
    // LINKTYPE_NULL and LINKTYPE_LOOP differ in byte order only.
    case 0, 108: link = .loopback
    case 9: link = .ppp
    case 50: link = .hdlc
    case 104: link = .ciscoHDLC
    case 113: link = .linuxCooked
    case 276: link = .linuxCooked2
    // 12 and 14 are what DLT_RAW was on some systems before LINKTYPE_RAW.
    case 101, 12, 14: link = .rawIP(version: nil)
    case 228: link = .rawIP(version: 4)
    case 229: link = .rawIP(version: 6)
    default: return nil
    }
    self.options = options
    isEthernet = linkType == 1
    maximumTunnelDepth = min(options.maximumTunnelDepth, Self.deepestTunnel)
  }

  /// Replaces `summary` by what `frame` says. `originalLength` is the frame's length on the wire; `frame`
  /// may hold fewer bytes. Never fails: see `PacketSummary.end`.
  package func decode(
    _ frame: borrowing RawSpan, originalLength: UInt32, into summary: inout PacketSummary
  ) {
    summary = PacketSummary()
    let captured = copy frame
    // A capture that claims less than it holds is taken for complete.
    let bytes = WireBytes(captured, length: max(Int(originalLength), captured.byteCount))
    summary.end =
      switch link {
      case .ethernet: decodeEthernet(bytes, into: &summary)
      case .linuxCooked: decodeLinuxCooked(bytes, into: &summary)
      case .linuxCooked2: decodeLinuxCooked2(bytes, into: &summary)
      case .loopback: decodeLoopback(bytes, into: &summary)
      case .ppp: decodePPP(bytes, into: &summary)
      case .hdlc: decodeHDLC(bytes, into: &summary)
      case .ciscoHDLC: decodeCiscoHDLC(bytes, into: &summary)
      case .rawIP(let version): decodeRawIP(bytes, version: version, into: &summary)
      }
  }
}
