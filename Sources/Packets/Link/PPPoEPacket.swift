/// The header of a PPP session over Ethernet. RFC 2516, section 4.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------+-------+---------------+-------------------------------+
///    | Ver 1 |type 1 |    code 0     |      session identifier       |
///    +-------+-------+---------------+-------------------------------+
///    |      length of the PPP frame  |
///    +-------------------------------+
struct PPPoEPacket: ~Escapable {
  static let headerLength = 6

  private let bytes: RawSpan

  /// Throws `short` for less than a header, `invalid` for another version, type or code.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    guard bytes.networkUInt16(at: 0) == 0x1100 else { throw .invalid }
    self.bytes = bytes
  }

  /// In bytes, without this header.
  var payloadLength: Int { Int(bytes.networkUInt16(at: 4)) }
}
