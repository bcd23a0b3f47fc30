/// The common header of an SCTP packet. RFC 9260, section 3.1.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------------------------------+-------------------------------+
///    |          source port          |       destination port        |
///    +-------------------------------+-------------------------------+
///    |                       verification tag                        |
///    +---------------------------------------------------------------+
///    |                           checksum                            |
///    +---------------------------------------------------------------+
struct SCTPPacket: ~Escapable {
  static let headerLength = 12

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  var sourcePort: UInt16 { bytes.networkUInt16(at: 0) }
  var destinationPort: UInt16 { bytes.networkUInt16(at: 2) }
}
