/// Logical link control with a protocol number, in a frame whose EtherType is a length. IEEE 802.2;
/// RFC 1042.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+---------------+---------------+---------------+
///    |   DSAP 0xaa   |   SSAP 0xaa   |  control 3    |               |
///    +---------------+---------------+---------------+               +
///    |        organization 0         |           EtherType           |
///    +-------------------------------+-------------------------------+
struct SNAPHeader: ~Escapable {
  static let length = 8

  private let bytes: RawSpan

  /// Throws `short` for less than a header, `invalid` for other link control and for protocols of
  /// an organization.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.length else { throw .short(required: Self.length) }
    guard bytes.networkUInt64(at: 0) >> 16 == 0xaaaa_0300_0000 else { throw .invalid }
    self.bytes = bytes
  }

  var etherType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 6)) }
}
