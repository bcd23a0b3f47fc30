/// An extension header that tells its own length. RFC 8200, sections 4.3, 4.4 and 4.6 (hop-by-hop
/// options, routing, destination options), RFC 6275, section 6.1 (mobility), RFC 4302, section 2 (AH).
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+---------------+-------------------------------+
///    |  next header  |header length  |   options, addresses, …       |
///    +---------------+---------------+-------------------------------+
struct IPv6ExtensionHeader: ~Escapable {
  static let minimumLength = 8

  private let bytes: RawSpan
  /// In bytes.
  let length: Int

  /// Throws `short` for less than the header's own length. The authentication header counts its length
  /// in four-byte units, the others in eight-byte units.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, of kind: IPProtocol) throws(HeaderError) {
    guard bytes.byteCount >= Self.minimumLength else { throw .short(required: Self.minimumLength) }
    let units = Int(bytes.byte(at: 1))
    length = kind == .authenticationHeader ? (units + 2) * 4 : (units + 1) * 8
    guard bytes.byteCount >= length else { throw .short(required: length) }
    self.bytes = bytes
  }

  static func isExtension(_ kind: IPProtocol) -> Bool {
    switch kind {
    case .hopByHopOptions, .ipv6Routing, .ipv6DestinationOptions, .authenticationHeader,
      .mobilityHeader:
      true
    default: false
    }
  }

  var nextHeader: IPProtocol { IPProtocol(rawValue: bytes.byte(at: 0)) }

  /// The jumbo payload option of hop-by-hop options, in bytes without the IPv6 header; nil without one.
  /// RFC 2675, section 2.
  var jumboPayloadLength: UInt32? {
    var offset = 2
    while offset < length {
      let type = bytes.byte(at: offset)
      // Pad1 is the only option without a length.
      if type == 0 {
        offset += 1
        continue
      }
      guard offset + 2 <= length else { return nil }
      let dataLength = Int(bytes.byte(at: offset + 1))
      if type == 0xc2 && dataLength == 4 && offset + 6 <= length {
        return bytes.networkUInt32(at: offset + 2)
      }
      offset += 2 + dataLength
    }
    return nil
  }
}

/// A fragment header. RFC 8200, section 4.5.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+---------------+-------------------------+---+-+
///    |  next header  |   reserved    |     fragment offset     |Res|M|
///    +---------------+---------------+-------------------------+---+-+
///    |                        identification                         |
///    +---------------------------------------------------------------+
struct IPv6FragmentHeader: ~Escapable {
  static let headerLength = 8

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  var nextHeader: IPProtocol { IPProtocol(rawValue: bytes.byte(at: 0)) }
  /// In bytes.
  var fragmentOffset: UInt16 { bytes.networkUInt16(at: 2) & 0xfff8 }
  var moreFragments: Bool { bytes.byte(at: 3) & 1 != 0 }
  var identification: UInt32 { bytes.networkUInt32(at: 4) }
  /// Whether the header splits nothing: the whole packet is in this one (RFC 6946).
  var isAtomic: Bool { fragmentOffset == 0 && !moreFragments }
}
