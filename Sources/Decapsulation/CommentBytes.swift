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
  mutating func append(_ number: UInt32) {
    var length = 1
    var limit: UInt64 = 10
    while number >= limit {
      length += 1
      limit *= 10
    }
    reserve(length)
    count += length
    var rest = number
    var index = count
    repeat {
      index -= 1
      let digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      unsafe memory.storeBytes(of: digit, toByteOffset: index, as: UInt8.self)
      rest /= 10
    } while rest > 0
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
