/// An IPv4 packet. RFC 791, section 3.1.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------+-------+---------------+-------------------------------+
///    |Version|  IHL  | Traffic class |         total length          |
///    +-------+-------+---------------+-----+-------------------------+
///    |        identification         |Flags|     fragment offset     |
///    +---------------+---------------+-----+-------------------------+
///    | time to live  |   protocol    |        header checksum        |
///    +---------------+---------------+-------------------------------+
///    |                        source address                         |
///    +---------------------------------------------------------------+
///    |                      destination address                      |
///    +---------------------------------------------------------------+
///    |                      options and padding                      |
struct IPv4Packet: ~Escapable {
  static let minimumHeaderLength = 20

  private let bytes: RawSpan

  /// Throws `short` for less than the fixed header (options may be missing), `invalid` for another
  /// version or a header length below 20 bytes.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.minimumHeaderLength else {
      throw .short(required: Self.minimumHeaderLength)
    }
    let first = bytes.byte(at: 0)
    guard first >> 4 == 4, first & 0x0f >= 5 else { throw .invalid }
    self.bytes = bytes
  }

  /// In bytes, with options.
  var headerLength: Int { Int(bytes.byte(at: 0) & 0x0f) * 4 }
  /// DSCP (RFC 2474) and ECN (RFC 3168).
  var trafficClass: UInt8 { bytes.byte(at: 1) }
  /// In bytes, with the header; 0 in packets above 65,535 bytes that were not segmented yet.
  var totalLength: Int { Int(bytes.networkUInt16(at: 2)) }
  var identification: UInt16 { bytes.networkUInt16(at: 4) }
  var dontFragment: Bool { bytes.byte(at: 6) & 0x40 != 0 }
  var moreFragments: Bool { bytes.byte(at: 6) & 0x20 != 0 }
  /// In bytes.
  var fragmentOffset: UInt16 { bytes.networkUInt16(at: 6) << 3 }
  var timeToLive: UInt8 { bytes.byte(at: 8) }
  var transportProtocol: IPProtocol { IPProtocol(rawValue: bytes.byte(at: 9)) }
  var source: IPAddress { IPAddress(v4: bytes.networkUInt32(at: 12)) }
  var destination: IPAddress { IPAddress(v4: bytes.networkUInt32(at: 16)) }
}
