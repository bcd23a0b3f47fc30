/// draft-ietf-opsawg-pcapng, section 4.1, after the block's type and length:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |                      Byte-Order Magic                         |
///     +---------------------------------------------------------------+
///     |         Major Version         |         Minor Version         |
///     +---------------------------------------------------------------+
///     |                        Section Length                         |
///     |                                                               |
///     +---------------------------------------------------------------+
///     /                           Options                             /
///     +---------------------------------------------------------------+
///
/// The section length only serves to skip a section; it is not needed, and often wrong.
enum SectionHeaderBlock {
  /// Offsets in the block, in bytes.
  static let byteOrderMagicOffset = 8
  static let majorVersionOffset = 12

  /// The section's byte order by the magic number, given in big-endian order; nil if it is neither.
  static func order(magic: UInt32) -> ByteOrder? {
    switch magic {
    case 0x1a2b_3c4d: .big
    case 0x4d3c_2b1a: .little
    default: nil
    }
  }
}
