/// Records of one interface that wait until those of the others are there: a queue of bytes.
///
/// The memory is used over and over; it grows by doubling when more has to wait.
@safe
struct RecordQueue: ~Copyable {
  /// What stands before the bytes of each record.
  struct Header {
    /// Nanoseconds since 1970.
    var time: Int64
    var capturedLength: UInt32
    var originalLength: UInt32
  }

  /// With this many bytes in it no more should be read for now.
  static let softLimit = 16 << 20
  private static let headerLength = MemoryLayout<Header>.size

  private var base: UnsafeMutableRawPointer
  private var capacity = 256 << 10
  private var start = 0
  private var end = 0
  /// Time of the record that came last.
  private(set) var lastTime = Int64.min

  init() {
    unsafe base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    unsafe base.deallocate()
  }

  var isEmpty: Bool { start == end }
  var isFull: Bool { end - start >= Self.softLimit }

  mutating func append(_ bytes: UnsafeRawBufferPointer, time: Int64, originalLength: UInt32) {
    let length = Self.headerLength + Self.padded(bytes.count)
    if end + length > capacity { makeRoom(length) }
    let header = Header(
      time: time, capturedLength: UInt32(bytes.count), originalLength: originalLength)
    unsafe (base + end).storeBytes(of: header, as: Header.self)
    if let source = bytes.baseAddress {
      unsafe (base + end + Self.headerLength).copyMemory(from: source, byteCount: bytes.count)
    }
    end += length
    lastTime = time
  }

  /// The oldest record; there must be one.
  var first: Header {
    precondition(!isEmpty)
    return unsafe (base + start).load(as: Header.self)
  }

  /// The oldest record's bytes.
  var firstBytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      let count = Int(first.capturedLength)
      let span = unsafe RawSpan(
        _unsafeStart: UnsafeRawPointer(base + start + Self.headerLength), byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  mutating func removeFirst() {
    start += Self.headerLength + Self.padded(Int(first.capturedLength))
    if start == end {
      start = 0
      end = 0
    }
  }

  private static func padded(_ count: Int) -> Int { (count + 7) & ~7 }

  private mutating func makeRoom(_ length: Int) {
    let used = end - start
    if used + length > capacity / 2 {
      while capacity < 2 * (used + length) { capacity *= 2 }
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      unsafe larger.copyMemory(from: base + start, byteCount: used)
      unsafe base.deallocate()
      unsafe base = larger
    } else {
      unsafe base.copyMemory(from: base + start, byteCount: used)
    }
    start = 0
    end = used
  }
}
