/// A header of generic routing encapsulation, version 0. RFC 2784, section 2.1; RFC 2890,
/// section 2.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-+-+-+-+-----------------+-----+-------------------------------+
///    |C|R|K|S|    reserved     | Ver |         protocol type         |
///    +-+-+-+-+-----------------+-----+-------------------------------+
///    |      checksum (if C)          |       reserved (if C)         |
///    +-------------------------------+-------------------------------+
///    |                           key (if K)                          |
///    +---------------------------------------------------------------+
///    |                     sequence number (if S)                    |
///    +---------------------------------------------------------------+
struct GREPacket: ~Escapable {
  static let minimumHeaderLength = 4

  private let bytes: RawSpan

  /// Throws `short` for less than the header with the fields that its flags announce, `invalid` for
  /// another version and for source routing (RFC 1701), which no receiver has to understand.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.minimumHeaderLength else {
      throw .short(required: Self.minimumHeaderLength)
    }
    self.bytes = bytes
    guard bytes.networkUInt16(at: 0) & 0x4007 == 0 else { throw .invalid }
    guard bytes.byteCount >= headerLength else { throw .short(required: headerLength) }
  }

  /// The first byte, as on the wire.
  var flags: UInt8 { bytes.byte(at: 0) }
  var hasChecksum: Bool { flags & 0x80 != 0 }
  var hasKey: Bool { flags & 0x20 != 0 }
  var hasSequenceNumber: Bool { flags & 0x10 != 0 }
  /// Reserved bits and the version.
  var secondByte: UInt8 { bytes.byte(at: 1) }
  var protocolType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 2)) }
  /// In bytes.
  var headerLength: Int {
    4 + (hasChecksum ? 4 : 0) + (hasKey ? 4 : 0) + (hasSequenceNumber ? 4 : 0)
  }
  /// 0 without one.
  var key: UInt32 { hasKey ? bytes.networkUInt32(at: hasChecksum ? 8 : 4) : 0 }

  /// Whether the key is a virtual subnet identifier and a flow. RFC 7637, section 3.2.
  var isNVGRE: Bool {
    hasKey && !hasChecksum && !hasSequenceNumber && protocolType == .transparentEthernet
  }
}
