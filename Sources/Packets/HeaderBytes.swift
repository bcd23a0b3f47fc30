/// The bytes of a frame from a header on, of which so many are known to be there that the loads of numbers
/// need not look: whoever loads has compared `count` once for all of them.
@safe
@usableFromInline struct HeaderBytes: ~Escapable, BitwiseCopyable {
  @usableFromInline let frame: RawSpan
  @usableFromInline let start: Int

  @inlinable @inline(always)
  @_lifetime(copy frame)
  init(_ frame: RawSpan, from start: Int) {
    self.frame = frame
    self.start = start
  }

  /// Bytes from the header on.
  @inlinable var count: Int { frame.byteCount &- start }

  @inlinable @inline(always)
  func byte(at offset: Int) -> UInt8 { number(at: offset) }

  @inlinable @inline(always)
  func networkUInt16(at offset: Int) -> UInt16 { UInt16(bigEndian: number(at: offset)) }

  @inlinable @inline(always)
  func networkUInt32(at offset: Int) -> UInt32 { UInt32(bigEndian: number(at: offset)) }

  @inlinable @inline(always)
  func networkUInt64(at offset: Int) -> UInt64 { UInt64(bigEndian: number(at: offset)) }

  @inlinable @inline(always)
  func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Number {
    assert(start >= 0 && offset >= 0 && count >= offset + MemoryLayout<Number>.size)
    return unsafe frame.unsafeLoadUnaligned(
      fromUncheckedByteOffset: start &+ offset, as: Number.self)
  }
}
