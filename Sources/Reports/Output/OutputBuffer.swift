/// Text in the making: bytes gather here and leave for a sink in large pieces.
///
/// Reports write every field straight into this memory; no string is made for one.
@safe
struct OutputBuffer: ~Copyable {
  static let capacity = 1 << 16

  let sink: OutputSink
  private let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.capacity)
  private var count = 0

  init(sink: OutputSink) {
    self.sink = sink
  }

  deinit {
    unsafe bytes.deallocate()
  }

  /// Hands all bytes to the sink.
  mutating func flush() {
    sink.append(unsafe UnsafeRawBufferPointer(start: bytes, count: count).bytes)
    count = 0
  }

  /// Inlined, so that the length of a literal is known where it is copied.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    reserve(length)
    unsafe (bytes + count).update(from: text.utf8Start, count: length)
    count += length
  }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe bytes[count] = byte
    count += 1
  }

  mutating func append(_ text: [UInt8]) {
    unsafe text.withUnsafeBufferPointer { source in
      var start = 0
      while start < source.count {
        if count == Self.capacity { flush() }
        let length = min(source.count - start, Self.capacity - count)
        let part = unsafe UnsafeBufferPointer(rebasing: source[start..<start + length])
        if let first = part.baseAddress {
          unsafe (bytes + count).update(from: first, count: length)
        }
        count += length
        start += length
      }
    }
  }

  /// Appends a number in decimal.
  mutating func append(_ number: UInt64) {
    let length = Self.digits(of: number)
    reserve(length)
    putDigits(of: number, length: length)
  }

  mutating func append(_ number: Int64) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(number.magnitude)
  }

  /// Appends a number in decimal with leading zeros; its upper digits are left out if there are
  /// more.
  mutating func append(_ number: UInt64, digits: Int) {
    reserve(digits)
    putDigits(of: number, length: digits)
  }

  /// Appends 16 lower-case hexadecimal digits.
  mutating func appendHexadecimal(_ number: UInt64) {
    reserve(16)
    for index in 0..<16 {
      let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * index) & 15)
      let letter = digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10
      unsafe bytes[count + index] = digit + letter
    }
    count += 16
  }

  /// Makes room; `length` must not exceed the capacity.
  private mutating func reserve(_ length: Int) {
    if Self.capacity - count < length { flush() }
  }

  private mutating func putDigits(of number: UInt64, length: Int) {
    precondition(length <= Self.capacity - count)
    var rest = number
    var index = count + length
    while index - count >= 2 {
      index -= 2
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      unsafe (bytes + index).update(from: Self.digitPairs.utf8Start + 2 * Int(pair), count: 2)
      rest = quotient
    }
    if index > count {
      unsafe bytes[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
    }
    count += length
  }

  /// 00 to 99: two digits a division.
  private static var digitPairs: StaticString {
    """
    00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748\
    49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697\
    9899
    """
  }

  private static func digits(of number: UInt64) -> Int {
    var length = 1
    var limit: UInt64 = 10
    while length < 20 && number >= limit {
      length += 1
      limit = limit &* 10
    }
    return length
  }
}
