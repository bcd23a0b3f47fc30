/// The framing that all pcapng blocks share.
///
/// draft-ietf-opsawg-pcapng, section 3.1:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |                          Block Type                           |
///     +---------------------------------------------------------------+
///     |                      Block Total Length                       |
///     +---------------------------------------------------------------+
///     /                          Block Body                           /
///     +---------------------------------------------------------------+
///     |                      Block Total Length                       |
///     +---------------------------------------------------------------+
struct PcapngBlock: BitwiseCopyable {
  /// The block types that are read; all others are skipped.
  enum Kind: UInt32 {
    case sectionHeader = 0x0a0d_0d0a
    case interfaceDescription = 1
    /// Obsolete, replaced by the Enhanced Packet Block.
    case packet = 2
    case simplePacket = 3
    case interfaceStatistics = 5
    case enhancedPacket = 6
  }

  /// Types that appear among the packets: these, name resolution, journal, secrets and custom
  /// blocks.
  static let typesAfterPackets: Set<UInt32> = [2, 3, 4, 5, 6, 9, 10, 0xbad, 0x4000_0bad]

  static let headerLength = 8
  static let trailerLength = 4
  /// Longest block that is believed; Wireshark has the same limit.
  static let maximumLength = 16 << 20

  /// nil for a block that is skipped.
  let kind: Kind?
  /// Total length in bytes, framing included.
  let length: Int

  var isPacket: Bool {
    switch kind {
    case .packet, .simplePacket, .enhancedPacket: true
    default: false
    }
  }

  /// Least total length of a block of this kind.
  var minimumLength: Int {
    switch kind {
    case .sectionHeader: 28
    case .interfaceDescription: 20
    case .packet, .enhancedPacket: 32
    case .simplePacket: 16
    case .interfaceStatistics: 24
    case nil: Self.headerLength + Self.trailerLength
    }
  }
}
