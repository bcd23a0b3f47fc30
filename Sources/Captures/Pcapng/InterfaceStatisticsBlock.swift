/// draft-ietf-opsawg-pcapng, section 4.6, after the block's type and length:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |                         Interface ID                          |
///     +---------------------------------------------------------------+
///     |                     Timestamp (Upper 32 bits)                 |
///     +---------------------------------------------------------------+
///     |                     Timestamp (Lower 32 bits)                 |
///     +---------------------------------------------------------------+
///     /                           Options                             /
///     +---------------------------------------------------------------+
struct InterfaceStatisticsBlock {
  let interface: Int
  /// As recorded, in the interface's unit.
  private(set) var startTime: UInt64?
  private(set) var endTime: UInt64?
  /// Packets dropped by the interface and by the operating system; nil if neither was recorded.
  private(set) var drops: UInt64?

  /// Reads a whole block, not shorter than its kind's least length.
  init(_ block: RawSpan, _ order: ByteOrder) {
    interface = Int(block.integer(at: 8, as: UInt32.self, order))
    var options = PcapngOptionCursor(block, from: 20, order)
    while let option = options.next(in: block) {
      switch option.code {
      case 2: startTime = Self.timestamp(option, in: block, order)
      case 3: endTime = Self.timestamp(option, in: block, order)
      case 5, 7:
        if let count = option.integer(in: block, as: UInt64.self, order) {
          let (sum, overflow) = count.addingReportingOverflow(drops ?? 0)
          drops = overflow ? .max : sum
        }
      default: break
      }
    }
  }

  /// A timestamp's upper half comes first in either byte order.
  private static func timestamp(
    _ option: PcapngOption, in block: RawSpan, _ order: ByteOrder
  ) -> UInt64? {
    guard option.length == 8 else { return nil }
    let upper = block.integer(at: option.start, as: UInt32.self, order)
    let lower = block.integer(at: option.start + 4, as: UInt32.self, order)
    return UInt64(upper) << 32 | UInt64(lower)
  }
}
