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
package enum SectionHeaderBlock {
  /// Offsets in the block, in bytes.
  static let byteOrderMagicOffset = 8
  static let majorVersionOffset = 12
  static let optionsOffset = 24

  /// What the section was written by (`shb_userappl`).
  static let applicationCode: UInt16 = 4

  /// What `vxhop capture` is called in it.
  package static let captureApplication = "vxhop"

  /// Whether a whole section header says that `vxhop capture` wrote it.
  static func isOwn(_ block: RawSpan, _ order: ByteOrder) -> Bool {
    var options = PcapngOptionCursor(block, from: optionsOffset, order)
    while let option = options.next(in: block) {
      if option.code == applicationCode { return option.text(in: block) == captureApplication }
    }
    return false
  }

  /// The section's byte order by the magic number, given in big-endian order; nil if it is neither.
  static func order(magic: UInt32) -> ByteOrder? {
    switch magic {
    case 0x1a2b_3c4d: .big
    case 0x4d3c_2b1a: .little
    default: nil
    }
  }
}
