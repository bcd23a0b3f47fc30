/// A frame of Cisco's HDLC. LINKTYPE_C_HDLC, tcpdump.org/linktypes; RFC 1547, section 4.3.1.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+---------------+-------------------------------+
///    |    address    |    control    |           EtherType           |
///    +---------------+---------------+-------------------------------+
struct CiscoHDLCFrame: ~Escapable {
  static let headerLength = 4

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  /// Whether the address is one of this protocol's two: to one station, to all.
  var hasOwnAddress: Bool { bytes.byte(at: 0) == 0x0f || bytes.byte(at: 0) == 0x8f }
  var etherType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 2)) }
}
