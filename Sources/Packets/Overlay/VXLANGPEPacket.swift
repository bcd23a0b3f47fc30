/// A header of VXLAN's generic protocol extension. draft-ietf-nvo3-vxlan-gpe, section 3.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-+-+---+-+-+-+-+-------------------------------+---------------+
///    |R|R|Ver|I|P|B|O|           reserved            | next protocol |
///    +-+-+---+-+-+-+-+-------------------------------+---------------+
///    |        VXLAN network identifier (VNI)         |   reserved    |
///    +-----------------------------------------------+---------------+
struct VXLANGPEPacket: ~Escapable {
  static let headerLength = 8

  private let bytes: RawSpan

  /// Throws `short` for less than a header, `invalid` for another version. The P flag, which says
  /// that there is a next protocol, is not demanded: some senders leave it out.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    guard bytes.byte(at: 0) & 0x30 == 0 else { throw .invalid }
    self.bytes = bytes
  }

  var flags: UInt8 { bytes.byte(at: 0) }
  /// The I flag.
  var hasValidVNI: Bool { flags & 0x08 != 0 }
  var nextProtocol: OverlayProtocol { OverlayProtocol(rawValue: bytes.byte(at: 3)) }
  /// 0 without the I flag.
  var vni: UInt32 { hasValidVNI ? bytes.networkUInt32(at: 4) >> 8 : 0 }
  /// Three bytes after the flags, of which the last is the next protocol, and one after the VNI.
  var reserved: UInt32 { bytes.networkUInt32(at: 0) << 8 | UInt32(bytes.byte(at: 7)) }
  /// Whether flags and reserved bits are as for user traffic: I and P set, everything else zero.
  var isStandard: Bool {
    bytes.networkUInt64(at: 0) & 0xffff_ff00_0000_00ff == 0x0c00_0000_0000_0000
  }
}
