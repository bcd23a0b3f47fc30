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
  /// When this was known; this and the others as recorded, in the interface's unit.
  let time: UInt64
  private(set) var startTime: UInt64?
  private(set) var endTime: UInt64?
  /// Packets that came in at the interface, and those of them that the filter took.
  private(set) var received: UInt64?
  private(set) var accepted: UInt64?
  /// Packets dropped by the interface, and by the operating system.
  private(set) var dropsByInterface: UInt64?
  private(set) var dropsBySystem: UInt64?

  /// Reads a whole block, not shorter than its kind's least length.
  init(_ block: RawSpan, _ order: ByteOrder) {
    interface = Int(block.integer(at: 8, as: UInt32.self, order))
    time = Self.timestamp(at: 12, in: block, order)
    var options = PcapngOptionCursor(block, from: 20, order)
    while let option = options.next(in: block) {
      switch option.code {
      case 2 where option.length == 8:
        startTime = Self.timestamp(at: option.start, in: block, order)
      case 3 where option.length == 8:
        endTime = Self.timestamp(at: option.start, in: block, order)
      case 4: received = option.integer(in: block, as: UInt64.self, order)
      case 5: dropsByInterface = option.integer(in: block, as: UInt64.self, order)
      case 6: accepted = option.integer(in: block, as: UInt64.self, order)
      case 7: dropsBySystem = option.integer(in: block, as: UInt64.self, order)
      default: break
      }
    }
  }

  /// A timestamp's upper half comes first in either byte order.
  private static func timestamp(at start: Int, in block: RawSpan, _ order: ByteOrder) -> UInt64 {
    let upper = block.integer(at: start, as: UInt32.self, order)
    let lower = block.integer(at: start + 4, as: UInt32.self, order)
    return UInt64(upper) << 32 | UInt64(lower)
  }
}
