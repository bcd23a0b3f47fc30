/// What precedes each packet of a pcap: the fields of `PcapRecordHeader`, and in files of some old libpcaps others
/// behind them. Wireshark knows them from its users (wiretap/libpcap.c).
@usableFromInline struct PcapRecordLayout: BitwiseCopyable, Equatable, Sendable {
  /// In bytes, not less than the fields of `PcapRecordHeader` have; no two layouts have the same.
  @usableFromInline let headerLength: Int

  static let standard = PcapRecordLayout(headerLength: 16)
  /// With interface, protocol and packet type. Red Hat 6.1 wrote it under the standard magic number.
  static let patched = PcapRecordLayout(headerLength: 24)
  /// With what served to debug libpcap on several processors, too, and under the same magic number: SuSE 6.3.
  static let patchedToDebug = PcapRecordLayout(headerLength: 28)
  /// With four bytes that nobody explained, under the standard magic number.
  static let nokia = PcapRecordLayout(headerLength: 20)

  /// More interfaces than a machine of 1999 had.
  private static let greatestInterface: UInt32 = 10_000
  /// `PACKET_OUTGOING`, the last one in 1999.
  private static let greatestPacketType: UInt8 = 4

  /// Whether the fields behind the usual ones may well be such, in a header at a place of the window.
  func hasPlausibleFields(in window: borrowing ByteWindow, at place: Int, _ order: ByteOrder)
    -> Bool
  {
    let header = window.bytes(from: place, count: headerLength)
    let start = Self.standard.headerLength
    switch self {
    case .patched, .patchedToDebug:
      return header.integer(at: start, as: UInt32.self, order) <= Self.greatestInterface
        && Self.isProtocol(header.integer(at: start + 4, as: UInt16.self, order))
        && header.integer(at: start + 6, as: UInt8.self, order) <= Self.greatestPacketType
    case .nokia:
      // As such files have it, or as Wireshark's tools write it.
      let word = header.integer(at: start, as: UInt32.self, .little)
      return word & 0x0fff_00f0 == 0x0fbf_0000 || word == 0
    default: return true
    }
  }

  /// Whether it is an EtherType, or one of Linux' own numbers (`ETH_P_`).
  private static func isProtocol(_ number: UInt16) -> Bool {
    number >= 0x600 || number <= 0x17 || number == 0x60 || number == 0x200 || number == 0x400
  }
}
