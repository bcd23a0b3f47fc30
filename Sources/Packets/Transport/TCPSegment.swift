/// A TCP segment. RFC 9293, section 3.1.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------------------------------+-------------------------------+
///    |          source port          |       destination port        |
///    +-------------------------------+-------------------------------+
///    |                        sequence number                        |
///    +---------------------------------------------------------------+
///    |                    acknowledgment number                      |
///    +-------+-------+---------------+-------------------------------+
///    | offset| Rsrvd |     flags     |            window             |
///    +-------+-------+---------------+-------------------------------+
///    |           checksum            |        urgent pointer         |
///    +-------------------------------+-------------------------------+
///    |                            options                            |
struct TCPSegment: ~Escapable {
  static let minimumHeaderLength = 20

  private let bytes: RawSpan

  /// Throws `short` for less than the fixed header (options may be missing), `invalid` for a data offset
  /// below 20 bytes.
  @inline(always)
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.minimumHeaderLength else {
      throw .short(required: Self.minimumHeaderLength)
    }
    guard bytes.byte(at: 12) >> 4 >= 5 else { throw .invalid }
    self.bytes = bytes
  }

  var sourcePort: UInt16 { bytes.networkUInt16(at: 0) }
  var destinationPort: UInt16 { bytes.networkUInt16(at: 2) }
  var sequence: UInt32 { bytes.networkUInt32(at: 4) }
  var acknowledgment: UInt32 { bytes.networkUInt32(at: 8) }
  /// In bytes, with options.
  var headerLength: Int { Int(bytes.byte(at: 12) >> 4) * 4 }
  /// CWR ECE URG ACK PSH RST SYN FIN, from most significant.
  var flags: UInt8 { bytes.byte(at: 13) }
  var window: UInt16 { bytes.networkUInt16(at: 14) }

  /// When the segment was sent, in ticks of its sender's clock: TSval (RFC 7323, section 3.2); 0 without the
  /// option, or where it was not captured whole.
  var timestamp: UInt32 {
    let end = min(headerLength, bytes.byteCount)
    var offset = Self.minimumHeaderLength
    while offset + 1 < end {
      switch bytes.byte(at: offset) {
      case 0: return 0
      case 1: offset += 1
      case 8: return offset + 10 <= end ? bytes.networkUInt32(at: offset + 2) : 0
      default: offset += max(2, Int(bytes.byte(at: offset + 1)))
      }
    }
    return 0
  }
}
