import Packets

/// What a recovered frame's comment says of the headers that were around it, a tunnel after the
/// other, outermost first:
///
///     vxlan vni 1, 172.30.9.11:40880 > 172.30.9.12:8472, ip id 60614
struct TunnelComment: ~Copyable {
  private var text = CommentBytes()
  private var flows = OuterTextCache()
  /// The text that opens the one of a tunnel, kept for the next: it is mostly the same.
  private var opening: [UInt8] = []
  private var openingKind = (encapsulation: Encapsulation.none, vni: UInt32(0), hasVNI: false)

  var bytes: RawSpan {
    @_lifetime(borrow self)
    get { text.bytes }
  }

  mutating func removeAll() { text.removeAll() }

  mutating func append(_ tunnel: TunnelSummary) {
    if !text.isEmpty { text.append("; in it ") }
    appendOpening((tunnel.encapsulation, tunnel.vni, tunnel.hasVNI))
    append(tunnel.source, port: tunnel.sourcePort)
    text.append(" > ")
    append(tunnel.destination, port: tunnel.destinationPort)
    if tunnel.source.isIPv4 {
      text.append(", ip id ")
      text.append(tunnel.identification)
    }
    if let group = tunnel.groupPolicy {
      text.append(", group policy ")
      text.append(group)
      if tunnel.forbidsLearning { text.append(", don't learn") }
      if tunnel.hasAppliedPolicy { text.append(", policy applied") }
    }
    if tunnel.isIrregular {
      text.append(", flags 0x")
      text.appendHexadecimal(UInt32(tunnel.flags), digits: 2)
      text.append(" and reserved bits 0x")
      text.appendHexadecimal(tunnel.reserved, digits: 8)
      text.append(" are unusual: receivers may drop it")
    }
  }

  @inline(__always)
  mutating func append(_ packet: borrowing UsualPacket) {
    let key = OuterTextCache.Key(packet)
    if !flows.append(textOf: key, to: &text) {
      appendOuter(packet)
      flows.keep(text, of: key)
    }
    text.append(packet.tunnelIdentification)
  }

  /// Everything but the identification, which each packet has of its own.
  @inline(never)
  private mutating func appendOuter(_ packet: borrowing UsualPacket) {
    appendOpening((.vxlan, packet.vni, true))
    text.append(dottedDecimal: packet.tunnelSource)
    text.append(":")
    text.append(packet.tunnelSourcePort)
    text.append(" > ")
    text.append(dottedDecimal: packet.tunnelDestination)
    text.append(":")
    text.append(packet.tunnelDestinationPort)
    text.append(", ip id ")
  }

  mutating func append(opaque tunnel: Encapsulation) {
    text.append(Array(tunnel.name.utf8))
    text.append(": encrypted")
  }

  mutating func appendFragments(of frame: borrowing CapturedFrame, isIncomplete: Bool) {
    if frame.fragmentCount > 0 {
      text.append(", put together from ")
      text.append(UInt16(clamping: frame.fragmentCount))
      text.append(" fragments")
    } else if isIncomplete {
      text.append(", the first of its fragments alone")
    }
  }

  /// Which kind of tunnel, and which one of them.
  private mutating func appendOpening(
    _ kind: (encapsulation: Encapsulation, vni: UInt32, hasVNI: Bool)
  ) {
    if kind != openingKind {
      openingKind = kind
      var words = kind.encapsulation.name
      if kind.hasVNI {
        words += " vni \(kind.vni)"
      } else if kind.vni != 0 {
        words += (kind.encapsulation == .erspan ? " session " : " key ") + String(kind.vni)
      }
      opening = Array((words + ", ").utf8)
    }
    text.append(opening)
  }

  private mutating func append(_ address: IPAddress, port: UInt16) {
    if address.isIPv4 {
      text.append(dottedDecimal: address.v4Bits)
    } else {
      var digits: [UInt8] = []
      address.appendText(to: &digits)
      if port != 0 { text.append("[") }
      text.append(digits)
      if port != 0 { text.append("]") }
    }
    guard port != 0 else { return }
    text.append(":")
    text.append(port)
  }
}
