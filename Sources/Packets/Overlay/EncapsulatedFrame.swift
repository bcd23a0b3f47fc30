/// Tells an Ethernet frame inside a UDP payload from other bytes.
struct EncapsulatedFrame: ~Escapable {
  /// Ethernet pads shorter payloads up to it (IEEE 802.3, clause 4A.2.3.2.4).
  private static let minimumPayloadLength = 46

  /// What was captured of it.
  private let bytes: RawSpan
  /// In bytes, on the wire.
  private let length: Int

  @_lifetime(copy bytes)
  init(_ bytes: WireBytes) {
    self.bytes = bytes.captured
    length = bytes.length
  }

  /// Whether what follows a tunnel's header may well be a frame: the IP version fits the EtherType, or that is
  /// a common one; behind a header as its specification has it any other one of a station's frame will do. Of a
  /// frame that was not captured far enough the header before it tells.
  @inline(always)
  func isPlausible(after header: TunnelHeader.Certainty) -> Bool {
    guard length >= EthernetFrame.headerLength else { return false }
    do throws(HeaderError) {
      let frame = try EthernetFrame(bytes)
      let etherType = frame.etherType
      let hasVersion = bytes.byteCount > EthernetFrame.headerLength
      let version = hasVersion ? bytes.byte(at: EthernetFrame.headerLength) >> 4 : 0
      switch etherType {
      case .ipv4: return hasVersion ? version == 4 : header != .doubtful
      case .ipv6: return hasVersion ? version == 6 : header != .doubtful
      case .arp:
        return length >= EthernetFrame.headerLength + ARPPacket.fixedLength
          && (header == .certain || frame.isFromStation)
      case _ where etherType.isVLANTag: return true
      default: return mayBe(etherType, isFromStation: frame.isFromStation, after: header)
      }
    } catch {
      return header != .doubtful
    }
  }

  private func mayBe(
    _ etherType: EtherType, isFromStation: Bool, after header: TunnelHeader.Certainty
  ) -> Bool {
    switch header {
    case .certain: true
    case .standard:
      isFromStation
        && (etherType.isProtocol || etherType.isLength && holds(Int(etherType.rawValue)))
    case .doubtful:
      etherType.isCommon || etherType.isLength && isFilled(by: Int(etherType.rawValue))
    }
  }

  /// Whether a datagram to any port holds a frame beyond doubt: IPv4, IPv6 or ARP, whose own lengths
  /// agree with the datagram's.
  var isConsistent: Bool {
    do throws(HeaderError) {
      let frame = try EthernetFrame(bytes)
      guard frame.isFromStation else { return false }
      let payload = bytes.extracting(droppingFirst: EthernetFrame.headerLength)
      switch frame.etherType {
      case .ipv4:
        let packet = try IPv4Packet(payload)
        guard packet.totalLength == 0 || packet.totalLength >= packet.headerLength else {
          return false
        }
        return isFilled(by: packet.totalLength)
      case .ipv6:
        let packet = try IPv6Packet(payload)
        let isEmpty = packet.payloadLength == 0 && packet.nextHeader != .ipv6NoNextHeader
        return isFilled(by: isEmpty ? 0 : IPv6Packet.headerLength + packet.payloadLength)
      case .arp:
        let packet = try ARPPacket(payload)
        return packet.isEthernetIPv4 && (1...9).contains(packet.operation)
          && isFilled(by: packet.length)
      default:
        return false
      }
    } catch {
      return false
    }
  }

  private func holds(_ packetLength: Int) -> Bool {
    packetLength <= length - EthernetFrame.headerLength
  }

  /// Whether a packet of `packetLength` bytes leaves no unexplained rest of the frame. Packets too long
  /// for their length field say 0.
  private func isFilled(by packetLength: Int) -> Bool {
    let payloadLength = length - EthernetFrame.headerLength
    if packetLength == 0 { return payloadLength > UInt16.max }
    return packetLength == payloadLength
      || (packetLength < payloadLength && payloadLength == Self.minimumPayloadLength)
  }
}
