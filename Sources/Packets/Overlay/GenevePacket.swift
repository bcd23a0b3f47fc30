/// A Geneve header. RFC 8926, section 3.4.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---+-----------+-+-+-----------+-------------------------------+
///    |Ver|  opt len  |O|C| reserved  |         protocol type         |
///    +---+-----------+-+-+-----------+---------------+---------------+
///    |        virtual network identifier (VNI)       |   reserved    |
///    +-----------------------------------------------+---------------+
///    |                            options                            |
struct GenevePacket: ~Escapable {
  static let minimumHeaderLength = 8

  private let bytes: RawSpan

  /// Throws `short` for less than the fixed header and its options, `invalid` for another version.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.minimumHeaderLength else {
      throw .short(required: Self.minimumHeaderLength)
    }
    guard bytes.byte(at: 0) >> 6 == 0 else { throw .invalid }
    self.bytes = bytes
    guard bytes.byteCount >= headerLength else { throw .short(required: headerLength) }
  }

  /// In bytes, with options.
  var headerLength: Int { Self.minimumHeaderLength + Int(bytes.byte(at: 0) & 0x3f) * 4 }
  /// The second byte, as on the wire: O (control packet), C (critical options), reserved bits.
  var flags: UInt8 { bytes.byte(at: 1) }
  var protocolType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 2)) }
  var vni: UInt32 { bytes.networkUInt32(at: 4) >> 8 }
  /// The byte after the VNI.
  var reserved: UInt8 { bytes.byte(at: 7) }
  /// Whether all reserved bits are zero.
  var isStandard: Bool { flags & 0x3f == 0 && reserved == 0 }
}
