/// The bytes of a capture that is being written: they gather here and are handed on in large pieces.
///
/// There are several such places in turn if pieces are handed on in the background.
@safe
struct RecordBuffer: ~Copyable {
  /// What is taken at once at the most, in bytes: far more than the longest record.
  static let capacity = 2 << 20
  /// A record that begins behind this is preceded by a flush: less than a processor's second cache.
  private static let usualLength = 1 << 20
  /// Two that wait keep the thread busy that hands them on.
  private static let backgroundPlaces = 4

  private enum Handover {
    case direct((RawSpan) -> Bool)
    case background(BackgroundHandover)
  }

  private let handover: Handover
  private let places: [UnsafeMutableRawPointer]
  /// The place that is being filled.
  private var current = 0
  private var bytes: UnsafeMutableRawPointer
  private(set) var count = 0
  private(set) var isClosed = false

  /// `take` takes the bytes, and answers false once it wants no more.
  init(inBackground: Bool, _ take: @escaping (RawSpan) -> Bool) {
    let placeCount = inBackground ? Self.backgroundPlaces : 1
    unsafe places = (0..<placeCount).map { _ in
      .allocate(byteCount: Self.capacity, alignment: 16)
    }
    unsafe bytes = places[0]
    handover =
      inBackground
      ? .background(BackgroundHandover(placeCount: placeCount, take)) : .direct(take)
  }

  deinit {
    if case .background(let handover) = handover { _ = handover.wait() }
    for index in unsafe places.indices { unsafe places[index].deallocate() }
  }

  /// Hands on all bytes; in the background they may be on their way yet.
  mutating func flush() {
    guard count > 0 else { return }
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
    count = 0
    guard !isClosed else { return }
    switch handover {
    case .direct(let take):
      isClosed = unsafe !take(piece.bytes)
    case .background(let handover):
      isClosed = unsafe !handover.begin(piece)
      current = (current + 1) % Self.backgroundPlaces
      unsafe bytes = places[current]
    }
  }

  /// Hands on all bytes, and waits until they are taken.
  mutating func finish() {
    flush()
    if case .background(let handover) = handover { isClosed = !handover.wait() }
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

  /// Appends numbers in little-endian order; traps beyond the capacity.
  @inline(__always)
  mutating func append<let wordCount: Int>(words: InlineArray<wordCount, UInt32>) {
    let length = wordCount * MemoryLayout<UInt32>.size
    precondition(length <= Self.capacity - count)
    let start = unsafe bytes + count
    for index in 0..<wordCount {
      unsafe start.storeBytes(
        of: words[index].littleEndian, toByteOffset: index * MemoryLayout<UInt32>.size,
        as: UInt32.self)
    }
    count += length
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
