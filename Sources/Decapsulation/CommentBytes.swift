/// A short text in the making, in memory that is used again for the next one.
@safe
struct CommentBytes: ~Copyable {
  /// More than the longest comment needs, in bytes.
  private static let capacity = 4096

  private let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
  private var count = 0
  /// The digits of each number up to 255 and a point behind them, first one least significant.
  private let octets = (0..<256).map { number in
    String(number).utf8.reversed().reduce(UInt32(UInt8(ascii: "."))) { $0 << 8 | UInt32($1) }
  }

  /// The two digits of each number up to 99, the first one least significant.
  private let digitPairs = (0..<100).map { (number: UInt16) -> UInt16 in
    let zero = UInt16(UInt8(ascii: "0"))
    return zero + number / 10 | (zero + number % 10) << 8
  }

  deinit {
    unsafe memory.deallocate()
  }

  var isEmpty: Bool { count == 0 }

  var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(memory), byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  mutating func removeAll() { count = 0 }

  /// Appends ASCII.
  @inline(__always)
  mutating func append(_ literal: StaticString) {
    let length = literal.utf8CodeUnitCount
    reserve(length)
    unsafe (memory + count).copyMemory(from: literal.utf8Start, byteCount: length)
    count += length
  }

  mutating func append(_ text: [UInt8]) {
    append(unsafe text.span.bytes)
  }

  @inline(__always)
  mutating func append(_ text: RawSpan) {
    reserve(text.byteCount)
    unsafe text.withUnsafeBytes {
      if let start = $0.baseAddress {
        unsafe (memory + count).copyMemory(from: start, byteCount: $0.count)
      }
    }
    count += text.byteCount
  }

  /// Appends an IPv4 address, the first octet most significant.
  mutating func append(dottedDecimal address: UInt32) {
    reserve(16)
    for place: UInt32 in 0..<4 {
      let octet = Int(address >> (24 - 8 * place) & 0xff)
      unsafe memory.storeBytes(of: octets[octet].littleEndian, toByteOffset: count, as: UInt32.self)
      count += octet < 10 ? 2 : octet < 100 ? 3 : 4
    }
    count -= 1
  }

  /// Appends a number in decimal.
  @inline(__always)
  mutating func append(_ number: UInt16) {
    reserve(8)
    let digits =
      UInt64(UInt8(ascii: "0")) + UInt64(number / 10_000)
      | UInt64(digitPairs[Int(number / 100 % 100)]) << 8
      | UInt64(digitPairs[Int(number % 100)]) << 24
    let zeros = number < 10 ? 4 : number < 100 ? 3 : number < 1000 ? 2 : number < 10_000 ? 1 : 0
    unsafe memory.storeBytes(
      of: (digits >> (8 * zeros)).littleEndian, toByteOffset: count, as: UInt64.self)
    count += 5 - zeros
  }

  mutating func appendHexadecimal(_ number: UInt32, digits: Int) {
    let text = String(number, radix: 16)
    append([UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.utf8.count)))
    append(Array(text.utf8))
  }

  /// Checks that so many bytes fit.
  @inline(__always)
  private func reserve(_ length: Int) {
    precondition(length <= Self.capacity - count)
  }
}
