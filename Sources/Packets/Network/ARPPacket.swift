/// An address resolution packet. RFC 826.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------------------------------+-------------------------------+
///    |         hardware type         |         protocol type         |
///    +---------------+---------------+-------------------------------+
///    |   hw length   |  prot length  |           operation           |
///    +---------------+---------------+-------------------------------+
///    |   addresses: hardware and protocol, of sender, then target    |
struct ARPPacket: ~Escapable {
  static let fixedLength = 8

  private let bytes: RawSpan

  /// Throws `short` for less than the fixed fields or the addresses that they announce.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.fixedLength else { throw .short(required: Self.fixedLength) }
    self.bytes = bytes
    guard bytes.byteCount >= length else { throw .short(required: length) }
  }

  /// Whether MAC addresses of Ethernet are resolved for IPv4.
  var isEthernetIPv4: Bool { bytes.networkUInt64(at: 0) >> 16 == 0x0001_0800_0604 }
  /// 1 request, 2 reply.
  var operation: UInt16 { bytes.networkUInt16(at: 6) }
  /// In bytes, addresses included.
  var length: Int { Self.fixedLength + 2 * Int(bytes.byte(at: 4)) + 2 * Int(bytes.byte(at: 5)) }
  /// Of the sender. Meaningless without `isEthernetIPv4`.
  var senderAddress: IPAddress { IPAddress(v4: bytes.networkUInt32(at: 14)) }
  /// Meaningless without `isEthernetIPv4`.
  var targetAddress: IPAddress { IPAddress(v4: bytes.networkUInt32(at: 24)) }
}
