/// Room behind the text of an `OutputBuffer`, for text whose greatest length is known before.
///
/// It is filled from its start. Beyond what is appended some bytes more may be changed, so that nothing has to be
/// written byte by byte; that they are the room's is checked each time.
@safe
struct OutputRoom: ~Copyable {
  /// Bytes that room takes beside those that are appended.
  static let slack = 64
  /// Bytes behind a padded text that are read with it.
  static let padding = 32

  private let start: UnsafeMutableRawPointer
  private var place: UnsafeMutableRawPointer
  /// From here on there is slack only.
  private let limit: UnsafeMutableRawPointer

  /// The memory has room for `length` bytes and the slack.
  @inline(__always)
  @unsafe init(_ start: UnsafeMutableRawPointer, length: Int) {
    unsafe self.start = unsafe start
    unsafe place = unsafe start
    unsafe limit = unsafe start + length
  }

  /// Bytes appended so far.
  @inline(__always)
  var count: Int { unsafe place - start }

  /// Appends a part of a text that has `padding` bytes behind it.
  @inline(__always)
  mutating func append(_ text: RawSpan, from first: Int, count: Int) {
    precondition(first >= 0 && count >= 0 && count <= text.byteCount - Self.padding - first)
    precondition(unsafe count <= limit - place)
    unsafe text.withUnsafeBytes { text in
      guard let base = text.baseAddress else { return }
      unsafe Self.copy(base + first, to: place, count: count)
    }
    unsafe place += count
  }

  /// Appends once more what stands in the room.
  @inline(__always)
  mutating func `repeat`(_ piece: Range<Int>) {
    precondition(piece.lowerBound >= 0 && piece.upperBound <= count)
    precondition(unsafe piece.count <= limit - place)
    unsafe Self.copy(start + piece.lowerBound, to: place, count: piece.count)
    unsafe place += piece.count
  }

  /// Copies in large steps: up to `padding` bytes more.
  @inline(__always)
  private static func copy(
    _ source: UnsafeRawPointer, to place: UnsafeMutableRawPointer, count: Int
  ) {
    var offset = 0
    repeat {
      unsafe place.storeBytes(
        of: (source + offset).loadUnaligned(as: SIMD32<UInt8>.self), toByteOffset: offset,
        as: SIMD32<UInt8>.self)
      offset += padding
    } while offset < count
  }

  /// Appends up to eight characters, the first one least significant.
  @inline(__always)
  mutating func append(word: UInt64, count: Int) {
    precondition(unsafe place <= limit && UInt(bitPattern: count) <= 8)
    unsafe place.storeBytes(of: word.littleEndian, as: UInt64.self)
    unsafe place += count
  }

  /// Appends up to 16 characters.
  @inline(__always)
  mutating func append(_ characters: SIMD16<UInt8>, count: Int) {
    precondition(unsafe place <= limit && UInt(bitPattern: count) <= 16)
    unsafe place.storeBytes(of: characters, as: SIMD16<UInt8>.self)
    unsafe place += count
  }

  /// Appends a number in decimal.
  @inline(__always)
  mutating func append(_ number: UInt64) {
    precondition(unsafe place <= limit)
    unsafe place += DecimalDigits.write(number, to: place)
  }

  /// Appends nine digits of a number below a thousand million, leading zeros included.
  @inline(__always)
  mutating func appendNine(_ number: UInt64) {
    precondition(unsafe place <= limit)
    unsafe DecimalDigits.writeNine(number, to: place)
    unsafe place += 9
  }

  /// Appends 16 lower-case hexadecimal digits.
  @inline(__always)
  mutating func appendHexadecimal(_ number: UInt64) {
    precondition(unsafe place <= limit)
    unsafe HexadecimalDigits.write(number, to: place)
    unsafe place += 16
  }
}
