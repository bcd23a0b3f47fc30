/// A network service header. RFC 8300, section 2.2.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---+-+-+-----------+-----------+-------+-------+---------------+
///    |Ver|O|U|    TTL    |  length   |U|U|U|U|MD typ| next protocol  |
///    +---+-+-+-----------+-----------+-------+-------+---------------+
///    |            service path identifier            | service index |
///    +-----------------------------------------------+---------------+
///    |                        context headers                        |
struct NSHPacket: ~Escapable {
  static let minimumHeaderLength = 8

  private let bytes: RawSpan

  /// Throws `short` for less than the header with its context, `invalid` for another version or a
  /// length below the fixed headers'.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.minimumHeaderLength else {
      throw .short(required: Self.minimumHeaderLength)
    }
    guard bytes.byte(at: 0) >> 6 == 0 else { throw .invalid }
    self.bytes = bytes
    guard headerLength >= Self.minimumHeaderLength else { throw .invalid }
    guard bytes.byteCount >= headerLength else { throw .short(required: headerLength) }
  }

  /// In bytes, with the context headers.
  var headerLength: Int { Int(bytes.networkUInt16(at: 0) & 0x3f) * 4 }
  var nextProtocol: OverlayProtocol { OverlayProtocol(rawValue: bytes.byte(at: 3)) }
}

/// What follows a header of VXLAN-GPE or NSH: their registries agree in these numbers.
struct OverlayProtocol: RawRepresentable, Equatable {
  let rawValue: UInt8

  static let nsh = OverlayProtocol(rawValue: 4)

  /// The EtherType for the same; nil for other protocols.
  var etherType: EtherType? {
    switch rawValue {
    case 1: .ipv4
    case 2: .ipv6
    case 3: .transparentEthernet
    case 5: .mpls
    default: nil
    }
  }
}
