/// Loads of numbers from captured bytes: with `HeaderBytes` all of this module that touches
/// memory without a type. Each load is bounds-checked and traps outside the span, so a view checks its lengths first.
extension RawSpan {
  @inline(always)
  func byte(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// A 16-bit number in network byte order.
  @inline(always)
  func networkUInt16(at offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// A 32-bit number in network byte order.
  @inline(always)
  func networkUInt32(at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// A 64-bit number in network byte order.
  @inline(always)
  func networkUInt64(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// A copy of all bytes.
  var array: [UInt8] {
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}
