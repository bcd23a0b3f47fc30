/// The bytes of a capture that is being written: they gather here and are handed on in large pieces.
@safe
struct RecordBuffer: ~Copyable {
  /// What is taken at once at the most, in bytes: far more than the longest record.
  static let capacity = 1 << 20
  /// A record that begins behind this is preceded by a flush: less than a processor's second cache.
  private static let usualLength = 256 << 10

  private let bytes = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
  private(set) var count = 0
  /// Takes the bytes; false once it wants no more.
  private let take: (RawSpan) -> Bool
  private(set) var isClosed = false

  init(_ take: @escaping (RawSpan) -> Bool) {
    self.take = take
  }

  deinit {
    unsafe bytes.deallocate()
  }

  /// Hands on all bytes.
  mutating func flush() {
    guard count > 0 else { return }
    if !isClosed {
      isClosed = !take(unsafe RawSpan(_unsafeStart: UnsafeRawPointer(bytes), byteCount: count))
    }
    count = 0
  }

  /// Makes room for a record of at most `length` bytes; traps for more than the capacity.
  @inline(__always)
  mutating func begin(length: Int) {
    precondition(length <= Self.capacity)
    if count > Self.usualLength || length > Self.capacity - count { flush() }
  }

  /// Appends a number in little-endian order; traps beyond the capacity.
  @inline(__always)
  mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(_ integer: Integer) {
    precondition(MemoryLayout<Integer>.size <= Self.capacity - count)
    unsafe bytes.storeBytes(of: integer.littleEndian, toByteOffset: count, as: Integer.self)
    count += MemoryLayout<Integer>.size
  }

  @inline(__always)
  mutating func append(_ span: RawSpan) {
    precondition(span.byteCount <= Self.capacity - count)
    unsafe span.withUnsafeBytes { source in
      if let start = source.baseAddress {
        unsafe (bytes + count).copyMemory(from: start, byteCount: source.count)
      }
    }
    count += span.byteCount
  }

  /// Zeros up to a multiple of four bytes behind `length` bytes.
  @inline(__always)
  mutating func pad(length: Int) {
    precondition(Self.capacity - count >= 4)
    unsafe bytes.storeBytes(of: 0, toByteOffset: count, as: UInt32.self)
    count += -length & 3
  }
}
