/// The header before an encapsulated Ethernet frame. RFC 7348, section 5.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+-----------------------------------------------+
///    |R|R|R|R|I|R|R|R|                   reserved                    |
///    +---------------+-------------------------------+---------------+
///    |        VXLAN network identifier (VNI)         |   reserved    |
///    +-----------------------------------------------+---------------+
@usableFromInline struct VXLANPacket: ~Escapable {
  static let headerLength = 8

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  var flags: UInt8 { bytes.byte(at: 0) }
  /// The I flag.
  var hasValidVNI: Bool { flags & 0x08 != 0 }
  var vni: UInt32 { bytes.networkUInt32(at: 4) >> 8 }
  /// Three bytes after the flags and one after the VNI, first one most significant.
  var reserved: UInt32 { bytes.networkUInt32(at: 0) << 8 | UInt32(bytes.byte(at: 7)) }
  var isStandard: Bool { Self.isStandard(bytes.networkUInt64(at: 0)) }

  var certainty: TunnelHeader.Certainty { isStandard || isOfGroupPolicy ? .standard : .doubtful }

  /// Whether all bits are zero that the group policy extension leaves reserved.
  /// draft-smith-vxlan-group-policy, section 2.1.
  private var isOfGroupPolicy: Bool { flags == 0x88 && reserved & 0xb700_00ff == 0 }

  /// Whether all bits of a header are as the RFC demands: I set, everything else but the VNI zero.
  @inlinable @inline(always)
  static func isStandard(_ header: UInt64) -> Bool {
    header & 0xffff_ffff_0000_00ff == 0x0800_0000_0000_0000
  }
}
