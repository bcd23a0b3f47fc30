/// An IPv6 packet. RFC 8200, section 3.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------+---------------+---------------------------------------+
///    |Version| traffic class |              flow label               |
///    +-------+---------------+-------+---------------+---------------+
///    |        payload length         |  next header  |   hop limit   |
///    +-------------------------------+---------------+---------------+
///    |                 source address (16 bytes)                     |
///    +---------------------------------------------------------------+
///    |              destination address (16 bytes)                   |
///    +---------------------------------------------------------------+
struct IPv6Packet: ~Escapable {
  static let headerLength = 40

  private let bytes: RawSpan

  /// Throws `short` for less than the fixed header, `invalid` for another version.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    guard bytes.byte(at: 0) >> 4 == 6 else { throw .invalid }
    self.bytes = bytes
  }

  /// DSCP (RFC 2474) and ECN (RFC 3168).
  var trafficClass: UInt8 { UInt8(truncatingIfNeeded: bytes.networkUInt16(at: 0) >> 4) }
  /// In bytes, without this header; 0 in a jumbogram (RFC 2675).
  var payloadLength: Int { Int(bytes.networkUInt16(at: 4)) }
  var nextHeader: IPProtocol { IPProtocol(rawValue: bytes.byte(at: 6)) }
  var hopLimit: UInt8 { bytes.byte(at: 7) }
  var source: IPAddress {
    IPAddress(high: bytes.networkUInt64(at: 8), low: bytes.networkUInt64(at: 16))
  }
  var destination: IPAddress {
    IPAddress(high: bytes.networkUInt64(at: 24), low: bytes.networkUInt64(at: 32))
  }
}
