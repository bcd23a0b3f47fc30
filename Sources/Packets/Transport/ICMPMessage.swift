/// An ICMP message, for IPv4 and IPv6. RFC 792; RFC 4443, section 2.1.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+---------------+-------------------------------+
///    |     type      |     code      |           checksum            |
///    +---------------+---------------+-------------------------------+
///    |   identifier (echo, timestamp)|        sequence number        |
///    +-------------------------------+-------------------------------+
struct ICMPMessage: ~Escapable {
  static let headerLength = 8

  private let bytes: RawSpan
  private let isVersion6: Bool

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, isVersion6: Bool) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
    self.isVersion6 = isVersion6
  }

  var type: UInt8 { bytes.byte(at: 0) }
  var code: UInt8 { bytes.byte(at: 1) }
  /// Meaningless without `hasIdentifier`.
  var identifier: UInt16 { bytes.networkUInt16(at: 4) }
  /// Meaningless without `hasIdentifier`.
  var sequence: UInt16 { bytes.networkUInt16(at: 6) }

  /// Whether this is an echo or timestamp message, request or reply.
  var hasIdentifier: Bool {
    if isVersion6 { return type == 128 || type == 129 }
    return type == 8 || type == 0 || type == 13 || type == 14
  }

  /// Whether the payload quotes the packet that the message is about.
  var quotesPacket: Bool {
    if isVersion6 { return (1...4).contains(type) }
    return type == 3 || type == 4 || type == 5 || type == 11 || type == 12
  }
}
