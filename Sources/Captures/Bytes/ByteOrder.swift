/// Byte order of the numbers in a capture: that of the machine that wrote it.
@usableFromInline enum ByteOrder: BitwiseCopyable {
  case little
  case big

  /// That of this machine.
  @inlinable static var host: ByteOrder {
    #if _endian(little)
      .little
    #else
      .big
    #endif
  }

  @inline(__always)
  func value<Integer: FixedWidthInteger>(of stored: Integer) -> Integer {
    switch self {
    case .little: Integer(littleEndian: stored)
    case .big: Integer(bigEndian: stored)
    }
  }
}

extension RawSpan {
  /// The integer at an offset; the caller has checked that it lies within.
  @inline(__always)
  func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Integer.Type, _ order: ByteOrder
  ) -> Integer {
    order.value(of: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }
}
