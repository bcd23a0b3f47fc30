/// An option at the end of a block.
///
/// draft-ietf-opsawg-pcapng, section 3.5:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |          Option Code          |         Option Length         |
///     +---------------------------------------------------------------+
///     /                 Option Value (padded to 32 bits)              /
///     +---------------------------------------------------------------+
struct PcapngOption: BitwiseCopyable {
  let code: UInt16
  /// Offset of the value in the block, in bytes.
  let start: Int
  let length: Int

  /// The value as text: UTF-8, which some writers end with a zero byte.
  func text(in block: RawSpan) -> String {
    var bytes = (start..<start + length).map { block.integer(at: $0, as: UInt8.self, .little) }
    while bytes.last == 0 {
      bytes.removeLast()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value as an integer; nil if it has another length.
  func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    in block: RawSpan, as type: Integer.Type, _ order: ByteOrder
  ) -> Integer? {
    length == MemoryLayout<Integer>.size ? block.integer(at: start, as: type, order) : nil
  }
}

/// Steps through a block's options, up to the end mark, or to the first one that does not fit.
struct PcapngOptionCursor {
  private var offset: Int
  private let end: Int
  private let order: ByteOrder

  /// `offset` is where the options begin in a whole block.
  init(_ block: RawSpan, from offset: Int, _ order: ByteOrder) {
    self.offset = offset
    self.order = order
    end = block.byteCount - PcapngBlock.trailerLength
  }

  mutating func next(in block: RawSpan) -> PcapngOption? {
    guard offset + 4 <= end else { return nil }
    let code = block.integer(at: offset, as: UInt16.self, order)
    let length = Int(block.integer(at: offset + 2, as: UInt16.self, order))
    let start = offset + 4
    guard code != 0, start + length <= end else { return nil }
    offset = start + (length + 3) / 4 * 4
    return PcapngOption(code: code, start: start, length: length)
  }
}
