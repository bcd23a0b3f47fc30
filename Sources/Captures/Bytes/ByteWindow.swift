import Glibc

/// The bytes of a capture that are at hand, and a position among them.
///
/// A regular file is mapped and the window is the whole file. Anything else is read in blocks into
/// a buffer that moves along, and so is what a compressed capture unpacks to.
@safe
struct ByteWindow: ~Copyable {
  private enum Source {
    case mapping
    case stream(descriptor: Int32, isOwned: Bool)
    case unpacking(Decompressor)
  }

  private static let blockLength = 256 << 10

  /// What the capture is called in errors.
  let path: String

  private let source: Source
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// Number of valid bytes.
  private(set) var end: Int
  /// The next byte to be read, counted from the window's start; not more than `end`.
  private(set) var position = 0
  /// Where in the capture the window starts.
  private var origin: UInt64 = 0
  /// Bytes of the mapping that were given back to the system.
  private var released = 0
  /// Milliseconds that a stream's next bytes are waited for; -1 until they come.
  var patience: Int32 = -1
  /// Whether a stream's bytes are kept from its start on, or from where `keepFromHere()` said.
  var retains = false
  /// Offset in the capture of the first byte that is kept.
  private var keptFrom: UInt64 = 0
  /// Whether only `readAhead(limit:patience:)` takes more of a stream.
  var isHeld = false
  /// Whether the last answer would have been another with more bytes, which have not come yet.
  var isStarved = false
  /// Whether a stream's last byte was read, or what comes after its last one that can be.
  private var hasEnded = false
  private var failure: CaptureError?

  /// Opens a path; "-" is standard input.
  ///
  /// - Parameter retains: whether a stream's bytes are kept from its start on.
  init(path: String, retains: Bool) throws(CaptureError) {
    if path == "-" {
      try self.init(descriptor: STDIN_FILENO, isOwned: false, path: path, retains: retains)
    } else {
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .system(errno, path: path) }
      try self.init(descriptor: descriptor, isOwned: true, path: path, retains: retains)
    }
  }

  /// Takes bytes from an open descriptor, which is closed at the end only if `isOwned`.
  init(
    descriptor: Int32, isOwned: Bool, path: String, retains: Bool
  ) throws(CaptureError) {
    self.path = path
    do throws(CaptureError) {
      let length = try Self.mappableLength(of: descriptor, path: path)
      if length > 0 {
        guard let mapping = unsafe mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0),
          unsafe mapping != MAP_FAILED
        else { throw .system(errno, path: path) }
        unsafe madvise(mapping, length, MADV_SEQUENTIAL)
        source = .mapping
        unsafe base = mapping
        capacity = length
        end = length
      } else {
        source = .stream(descriptor: descriptor, isOwned: isOwned)
        self.retains = retains
        unsafe base = .allocate(byteCount: Self.blockLength, alignment: 16)
        capacity = Self.blockLength
        end = 0
      }
    } catch {
      if isOwned {
        close(descriptor)
      }
      throw error
    }
    if isOwned, isMapped {
      close(descriptor)
    }
  }

  /// Takes the bytes that a compressed capture unpacks to.
  init(unpacking decompressor: Decompressor, path: String, retains: Bool) {
    self.path = path
    source = .unpacking(decompressor)
    self.retains = retains
    unsafe base = .allocate(byteCount: Self.blockLength, alignment: 16)
    capacity = Self.blockLength
    end = 0
  }

  deinit {
    switch source {
    case .mapping:
      unsafe munmap(base, capacity)
    case .stream(let descriptor, let isOwned):
      unsafe base.deallocate()
      if isOwned {
        close(descriptor)
      }
    case .unpacking:
      unsafe base.deallocate()
    }
  }

  /// Length of a regular file that stands at its start, else 0.
  private static func mappableLength(
    of descriptor: Int32, path: String
  ) throws(CaptureError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno, path: path) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .system(EISDIR, path: path)
    case S_IFREG where lseek(descriptor, 0, SEEK_CUR) == 0: return status.st_size
    default: return 0
    }
  }

  var isMapped: Bool {
    switch source {
    case .mapping: true
    case .stream, .unpacking: false
    }
  }

  /// Where a stream's bytes come from, compressed perhaps; nil for anything else.
  var descriptor: Int32? {
    switch source {
    case .mapping: nil
    case .stream(let descriptor, _): descriptor
    case .unpacking(let decompressor): decompressor.descriptor
    }
  }

  /// Whether no more bytes can come.
  var isComplete: Bool { isMapped || hasEnded }

  /// Whether the bytes can be read again from the start.
  var canRewind: Bool {
    switch source {
    case .mapping: true
    case .stream: isWhole && hasEnded
    case .unpacking(let decompressor): decompressor.canRestart || isWhole && hasEnded
    }
  }

  /// Goes back to the first byte, or the first that is kept, if all of them are at hand.
  mutating func rewind() {
    switch source {
    case .mapping:
      position = 0
    case .unpacking(let decompressor) where decompressor.canRestart:
      decompressor.restart()
      (position, end, origin) = (0, 0, 0)
      (hasEnded, failure) = (false, nil)
    case .stream, .unpacking:
      if isWhole { position = 0 }
    }
  }

  /// Bytes at hand from the position on.
  @inline(__always)
  var available: Int { end &- position }

  /// Offset of the position in the capture.
  var byteOffset: UInt64 { origin + UInt64(position) }

  /// Offset in the capture of a place that is counted from the window's start.
  func byteOffset(of place: Int) -> UInt64 { origin + UInt64(place) }

  /// Whether `count` bytes follow the position, after reading on where that is needed and possible.
  @inline(__always)
  mutating func holds(_ count: Int) throws(CaptureError) -> Bool {
    if available >= count {
      return true
    }
    return isMapped ? false : try fill(count)
  }

  /// A copy of the next `count` bytes; traps beyond the bytes at hand.
  func peek(_ count: Int) -> [UInt8] {
    (0..<count).map { integer(at: $0, as: UInt8.self, .little) }
  }

  @inline(__always)
  mutating func advance(by count: Int) {
    move(to: position &+ count)
  }

  /// Moves to an offset counted from the window's start, which for a mapping is the file's.
  @inline(__always)
  mutating func move(to newPosition: Int) {
    precondition(newPosition >= 0 && newPosition <= end)
    position = newPosition
  }

  /// The integer `offset` bytes after the position; traps beyond the bytes at hand.
  @inline(__always)
  func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Integer.Type, _ order: ByteOrder
  ) -> Integer {
    let start = position &+ offset
    precondition(start >= 0 && start <= end &- MemoryLayout<Integer>.size)
    return order.value(of: unsafe base.loadUnaligned(fromByteOffset: start, as: type))
  }

  /// A view of `count` bytes, `start` counted from the window's start; traps beyond the bytes at
  /// hand.
  @inline(__always)
  @_lifetime(borrow self)
  func bytes(from start: Int, count: Int) -> RawSpan {
    precondition(start >= 0 && count >= 0 && start <= end &- count)
    let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base + start), byteCount: count)
    return bound(span, to: self)
  }

  /// A view of all bytes at hand, from the window's start.
  @inline(__always)
  @_lifetime(borrow self)
  func bytesAtHand() -> RawSpan { bound(bytes(from: 0, count: end), to: self) }

  /// Gives the pages of a mapping before an offset back to the system; they can still be read
  /// again.
  mutating func releasePages(before byteOffset: UInt64) {
    guard isMapped else { return }
    let pageLength = Int(getpagesize())
    let limit = Int(min(byteOffset, UInt64(end))) / pageLength * pageLength
    if limit > released {
      unsafe madvise(base + released, limit - released, MADV_DONTNEED)
    }
    released = limit
  }

  /// Reads until `count` bytes follow the position; false if the source ends before.
  @inline(never)
  private mutating func fill(_ count: Int) throws(CaptureError) -> Bool {
    if isHeld && !hasEnded {
      isStarved = true
      return false
    }
    if !hasEnded { makeRoom(for: count) }
    while available < count {
      guard try takeMore() else { return false }
    }
    return true
  }

  /// Reads once into the free space; false where nothing comes, or not yet.
  private mutating func takeMore() throws(CaptureError) -> Bool {
    if let failure { throw failure }
    guard !hasEnded else { return false }
    let space = unsafe UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
    do throws(CaptureError) {
      let length: Int
      switch source {
      case .mapping: return false
      case .stream(let descriptor, _): length = try unsafe receive(from: descriptor, into: space)
      case .unpacking(let decompressor):
        length = try unsafe decompressor.read(into: space, patience: patience)
        isStarved = isStarved || decompressor.isStarved
      }
      end += length
      hasEnded = length == 0 && !isStarved
      return length > 0
    } catch {
      (hasEnded, failure) = (true, error)
      throw error
    }
  }

  /// Takes bytes of a stream; returns their number, 0 at its end and where it is waited for no longer.
  private mutating func receive(
    from descriptor: Int32, into space: UnsafeMutableRawBufferPointer
  ) throws(CaptureError) -> Int {
    while true {
      if patience >= 0 && !Self.isReadable(descriptor, within: patience) { break }
      let length = unsafe read(descriptor, space.baseAddress, space.count)
      if length >= 0 {
        return length
      } else if errno == EAGAIN {
        guard patience < 0 else { break }
        _ = Self.isReadable(descriptor, within: -1)
      } else if errno != EINTR {
        throw .system(errno, path: path, byteOffset: byteOffset)
      }
    }
    isStarved = true
    return 0
  }

  private static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, milliseconds) > 0
  }

  /// Whether the first byte of a stream that is to be kept is still at hand.
  var isWhole: Bool { retains && origin == keptFrom }

  /// What was read of a retained stream need not be kept: it is gone back to this position, not further.
  mutating func keepFromHere() {
    guard isWhole, position > 0 else { return }
    unsafe memmove(base, base + position, available)
    origin += UInt64(position)
    keptFrom = origin
    end = available
    position = 0
  }

  /// Takes what a retained stream has ready, up to about a length of all. Tells whether more is to be
  /// taken: not at the stream's end, nor once it is so long.
  mutating func readAhead(limit: Int, patience: Int32) -> Bool {
    guard isWhole else { return false }
    let usual = self.patience
    self.patience = patience
    defer { self.patience = usual }
    isStarved = false
    while end < limit && !isStarved && !hasEnded {
      if end == capacity { grow(to: 2 * capacity, keeping: 0) }
      // What cannot be read is told to whoever reads up to there.
      _ = try? takeMore()
      self.patience = 0
    }
    return isStarved
  }

  private mutating func grow(to newCapacity: Int, keeping start: Int) {
    let larger = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
    unsafe larger.copyMemory(from: base + start, byteCount: end - start)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = newCapacity
  }

  /// Moves what is unread to the start of the buffer, in a longer one if `count` does not fit.
  private mutating func makeRoom(for count: Int) {
    if retains {
      if position + count > capacity { grow(to: max(2 * capacity, position + count), keeping: 0) }
      return
    }
    let unread = available
    if count > capacity {
      let newCapacity = (count + Self.blockLength - 1) / Self.blockLength * Self.blockLength
      grow(to: newCapacity, keeping: position)
    } else if position > 0 {
      unsafe memmove(base, base + position, unread)
    }
    origin += UInt64(position)
    position = 0
    end = unread
  }
}
