/// The decimal digits of numbers: eight at a time in a word, without a branch for how many there are.
enum DecimalDigits {
  /// What `write` may change from its place on, in bytes.
  static let reach = 24
  /// Numbers below this have their digits in one word.
  static let wordLimit: UInt64 = 100_000_000

  /// Eight digits of a number below `wordLimit`, leading zeros included, the first one least significant.
  @inline(__always)
  static func eight(of number: UInt64) -> UInt64 {
    let upper = number / 10_000
    let fours = upper | (number &- upper &* 10_000) << 32
    // The quotients by 100 and 10, of all parts at once.
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007f_0000_007f
    let pairs = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (pairs &* 103) >> 10 & 0x000f_000f_000f_000f
    return tens | (pairs &- tens &* 10) << 8 | 0x3030_3030_3030_3030
  }

  /// The digits of a number below `wordLimit`, the first one least significant.
  @inline(__always)
  static func word(of number: UInt64) -> (digits: UInt64, count: Int) {
    let digits = eight(of: number)
    // The last digit stays, whatever it is.
    let zeros = (digits & 0x0f0f_0f0f_0f0f_0f0f | 1 << 56).trailingZeroBitCount & ~7
    return (digits &>> UInt64(zeros), 8 - zeros / 8)
  }

  /// Writes the digits of any number; returns how many.
  @inline(__always)
  static func write(_ number: UInt64, to place: UnsafeMutableRawPointer) -> Int {
    guard number < wordLimit else { return unsafe writeLong(number, to: place) }
    let (digits, count) = word(of: number)
    unsafe place.storeBytes(of: digits.littleEndian, as: UInt64.self)
    return count
  }

  @inline(never)
  private static func writeLong(_ number: UInt64, to place: UnsafeMutableRawPointer) -> Int {
    let (upper, lower) = number.quotientAndRemainder(dividingBy: wordLimit)
    let count = unsafe write(upper, to: place)
    unsafe place.storeBytes(of: eight(of: lower).littleEndian, toByteOffset: count, as: UInt64.self)
    return count + 8
  }

  /// Writes nine digits of a number below a thousand million, leading zeros included.
  @inline(__always)
  static func writeNine(_ number: UInt64, to place: UnsafeMutableRawPointer) {
    let (first, rest) = number.quotientAndRemainder(dividingBy: wordLimit)
    unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: 0x30 + first), as: UInt8.self)
    unsafe place.storeBytes(of: eight(of: rest).littleEndian, toByteOffset: 1, as: UInt64.self)
  }
}

/// Lower-case hexadecimal digits, eight at a time in a word.
enum HexadecimalDigits {
  /// Writes 16 digits.
  @inline(__always)
  static func write(_ number: UInt64, to place: UnsafeMutableRawPointer) {
    unsafe place.storeBytes(of: eight(of: number >> 32).littleEndian, as: UInt64.self)
    unsafe place.storeBytes(
      of: eight(of: number & 0xffff_ffff).littleEndian, toByteOffset: 8, as: UInt64.self)
  }

  /// The digits of a number of 32 bits, the first one least significant.
  @inline(__always)
  private static func eight(of number: UInt64) -> UInt64 {
    let bytes = number.byteSwapped >> 32
    let pairs = (bytes | bytes << 16) & 0x0000_ffff_0000_ffff
    let octets = (pairs | pairs << 8) & 0x00ff_00ff_00ff_00ff
    let nibbles = (octets >> 4 | octets << 8) & 0x0f0f_0f0f_0f0f_0f0f
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }
}
