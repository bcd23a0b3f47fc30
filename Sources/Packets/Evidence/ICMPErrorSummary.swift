/// What an ICMP or ICMPv6 error says, and of which packet. RFC 792; RFC 1191, section 4; RFC 4443,
/// section 3.
package struct ICMPErrorSummary: BitwiseCopyable, Sendable, Hashable {
  package var isIPv6 = false
  package var type: UInt8 = 0
  package var code: UInt8 = 0
  /// Bytes, of a message that a packet was too big; else 0.
  package var mtu: UInt32 = 0
  /// Of the packet quoted; unspecified if it was cut.
  package var source = IPAddress.unspecified
  package var destination = IPAddress.unspecified
  package var transportProtocol: UInt8 = 0
  package var sourcePort: UInt16 = 0
  /// 0 where the packet has none or it was cut.
  package var destinationPort: UInt16 = 0

  package init() {}
}

extension PacketSummary {
  /// The error that the innermost packet is; nil for any other packet.
  package func icmpError(in frame: borrowing RawSpan) -> ICMPErrorSummary? {
    let number = IPProtocol(rawValue: network.transportProtocol)
    guard number == .icmp || number == .icmpv6, transport.isHeaderComplete,
      transportFollowsHeader(in: frame)
    else { return nil }
    let start = Int(network.offset) + networkHeaderLength(in: frame)
    guard start <= frame.byteCount else { return nil }
    let bytes = frame.extracting(droppingFirst: start)
    let isIPv6 = network.version == 6
    do throws(HeaderError) {
      let message = try ICMPMessage(bytes, isVersion6: isIPv6)
      guard message.quotesPacket else { return nil }
      var error = ICMPErrorSummary()
      error.isIPv6 = isIPv6
      error.type = message.type
      error.code = message.code
      if error.isTooBig {
        error.mtu = isIPv6 ? bytes.networkUInt32(at: 4) : UInt32(bytes.networkUInt16(at: 6))
      }
      error.quote(bytes.extracting(droppingFirst: ICMPMessage.headerLength))
      return error
    } catch {
      return nil
    }
  }
}

extension ICMPErrorSummary {
  /// Whether a packet did not fit the next link: fragmentation needed, or packet too big.
  package var isTooBig: Bool { isIPv6 ? type == 2 : type == 3 && code == 4 }
  package var isTimeExceeded: Bool { isIPv6 ? type == 3 : type == 11 }
  /// Host or address unreachable: nobody answered for it on its link.
  package var isHostUnreachable: Bool { isIPv6 ? type == 1 && code == 3 : type == 3 && code == 1 }
  package var isNetworkUnreachable: Bool {
    isIPv6 ? type == 1 && code == 0 : type == 3 && code == 0
  }
  package var isPortUnreachable: Bool { isIPv6 ? type == 1 && code == 4 : type == 3 && code == 3 }
  /// Prohibited by a filter: RFC 1812, section 5.2.7.1; RFC 4443, section 3.1.
  package var isProhibited: Bool {
    isIPv6
      ? type == 1 && [1, 5, 6].contains(code) : type == 3 && [9, 10, 13].contains(code)
  }

  fileprivate mutating func quote(_ bytes: RawSpan) {
    let headerLength: Int
    do throws(HeaderError) {
      if isIPv6 {
        let packet = try IPv6Packet(bytes)
        source = packet.source
        destination = packet.destination
        transportProtocol = packet.nextHeader.rawValue
        headerLength = IPv6Packet.headerLength
      } else {
        let packet = try IPv4Packet(bytes)
        source = packet.source
        destination = packet.destination
        transportProtocol = packet.transportProtocol.rawValue
        headerLength = packet.headerLength
      }
    } catch {
      return
    }
    let number = IPProtocol(rawValue: transportProtocol)
    guard number == .tcp || number == .udp || number == .sctp,
      bytes.byteCount >= headerLength + 4
    else { return }
    sourcePort = bytes.networkUInt16(at: headerLength)
    destinationPort = bytes.networkUInt16(at: headerLength + 2)
  }
}
