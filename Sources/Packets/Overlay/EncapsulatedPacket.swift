/// Tells an IP packet behind a tunnel's header from other bytes.
struct EncapsulatedPacket: ~Escapable {
  /// What was captured of it.
  private let bytes: RawSpan
  /// In bytes, on the wire.
  private let length: Int

  @_lifetime(copy bytes)
  init(_ bytes: WireBytes) {
    self.bytes = bytes.captured
    length = bytes.length
  }

  /// Whether the version is what the tunnel's header announced, if that was captured.
  func isPlausible(version: UInt8) -> Bool {
    let hasVersion = bytes.byteCount > 0
    let required = version == 4 ? IPv4Packet.minimumHeaderLength : IPv6Packet.headerLength
    return length >= required && (!hasVersion || bytes.byte(at: 0) >> 4 == version)
  }

  /// The version of a packet that fills a datagram to the last byte; nil for other bytes.
  var consistentVersion: UInt8? {
    guard bytes.byteCount > 0 else { return nil }
    do throws(HeaderError) {
      switch bytes.byte(at: 0) >> 4 {
      case 4:
        let packet = try IPv4Packet(bytes)
        let isFilled = packet.totalLength == length && packet.totalLength >= packet.headerLength
        return isFilled ? 4 : nil
      case 6:
        let packet = try IPv6Packet(bytes)
        return IPv6Packet.headerLength + packet.payloadLength == length ? 6 : nil
      default:
        return nil
      }
    } catch {
      return nil
    }
  }

  /// Whether an IP packet stands behind MPLS labels.
  static func isLabelled(_ bytes: borrowing WireBytes) -> Bool {
    do throws(HeaderError) {
      return try MPLSLabelStack(bytes.captured).versionBehind != nil
    } catch {
      return false
    }
  }
}
