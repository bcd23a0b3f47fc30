/// A UDP datagram. RFC 768.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------------------------------+-------------------------------+
///    |          source port          |       destination port        |
///    +-------------------------------+-------------------------------+
///    |            length             |           checksum            |
///    +-------------------------------+-------------------------------+
struct UDPDatagram: ~Escapable {
  static let headerLength = 8

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  var sourcePort: UInt16 { bytes.networkUInt16(at: 0) }
  var destinationPort: UInt16 { bytes.networkUInt16(at: 2) }
  /// In bytes, with the header; 0 in datagrams above 65,535 bytes (RFC 2675, section 4).
  var length: Int { Int(bytes.networkUInt16(at: 4)) }
}
