/// Text in the making: bytes gather here and leave for a sink in large pieces.
///
/// Reports write every field straight into this memory; no string is made for one. What stands in the line
/// being written can be appended to it once more, which is quicker than making it again.
@safe
struct OutputBuffer: ~Copyable {
  /// Bytes that the memory has room for, unless a single line is longer.
  static let usualCapacity = 1 << 16

  let sink: OutputSink
  private var bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.usualCapacity)
  private var capacity = Self.usualCapacity
  private var count = 0
  /// Where the line begins of which nothing leaves yet; nil outside of such lines.
  private var lineStart: Int?

  init(sink: OutputSink) {
    self.sink = sink
  }

  deinit {
    unsafe bytes.deallocate()
  }

  /// Hands all bytes to the sink. Not within a line.
  mutating func flush() {
    precondition(lineStart == nil)
    leave(count)
  }

  /// Inlined, so that the length of a literal is known where it is copied.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    reserve(length)
    unsafe (bytes + count).initialize(from: text.utf8Start, count: length)
    count += length
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe bytes[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ text: [UInt8]) { append(text.span) }

  @inline(__always)
  mutating func append(_ text: Span<UInt8>) {
    reserve(text.count)
    unsafe text.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      unsafe (bytes + count).initialize(from: first, count: source.count)
    }
    count += text.count
  }

  /// Appends what is written into room for so many bytes at the most.
  @inline(__always)
  mutating func fill(atMost length: Int, _ write: (inout OutputRoom) -> Void) {
    reserve(length + OutputRoom.slack)
    var room = unsafe OutputRoom(bytes + count, length: length)
    write(&room)
    count += room.count
  }

  /// Makes room for so many bytes more.
  @inline(__always)
  private mutating func reserve(_ length: Int) {
    if capacity - count < length { makeRoom(for: length) }
  }

  @inline(never)
  private mutating func makeRoom(for length: Int) {
    leave(lineStart ?? count)
    guard capacity - count < length else { return }
    capacity = max(2 * capacity, count + length)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    unsafe larger.initialize(from: bytes, count: count)
    unsafe bytes.deallocate()
    unsafe bytes = larger
  }

  /// Hands the first bytes to the sink; the others move up.
  private mutating func leave(_ length: Int) {
    guard length > 0 else { return }
    sink.append(unsafe UnsafeRawBufferPointer(start: bytes, count: length).bytes)
    unsafe bytes.update(from: bytes + length, count: count - length)
    count -= length
    if lineStart != nil { lineStart = 0 }
  }
}

// MARK: - Lines

extension OutputBuffer {
  /// A piece of the line that is being written, counted from the line's start.
  typealias Piece = Range<Int>

  /// Begins a line: pieces of it can be repeated until it ends.
  mutating func beginLine() { lineStart = count }

  mutating func endLine() { lineStart = nil }

  /// Bytes of the line so far.
  @inline(__always)
  var linePosition: Int { count - (lineStart ?? count) }

  /// A piece of the line.
  subscript(piece: Piece) -> [UInt8] {
    precondition(piece.lowerBound >= 0 && piece.upperBound <= linePosition)
    let start = (lineStart ?? count) + piece.lowerBound
    return unsafe Array(UnsafeBufferPointer(start: bytes + start, count: piece.count))
  }

  /// Appends a piece of the line once more.
  @inline(__always)
  mutating func repeatPiece(_ piece: Piece) {
    precondition(piece.lowerBound >= 0 && piece.upperBound <= linePosition)
    reserve(piece.count)
    let start = (lineStart ?? count) + piece.lowerBound
    unsafe (bytes + count).initialize(from: bytes + start, count: piece.count)
    count += piece.count
  }
}

// MARK: - Numbers

extension OutputBuffer {
  /// Appends a number in decimal.
  mutating func append(_ number: UInt64) {
    reserve(DecimalDigits.reach)
    count += unsafe DecimalDigits.write(number, to: bytes + count)
  }

  mutating func append(_ number: Int64) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(number.magnitude)
  }

  /// Appends nine digits of a number below a thousand million, leading zeros included.
  mutating func appendNine(_ number: UInt64) {
    reserve(9)
    unsafe DecimalDigits.writeNine(number, to: bytes + count)
    count += 9
  }

  /// Appends three digits of a number below 1000, leading zeros included.
  mutating func appendThree(_ number: UInt64) {
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 100))
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10 % 10))
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }

  /// Appends 16 lower-case hexadecimal digits.
  mutating func appendHexadecimal(_ number: UInt64) {
    reserve(16)
    unsafe HexadecimalDigits.write(number, to: bytes + count)
    count += 16
  }
}
