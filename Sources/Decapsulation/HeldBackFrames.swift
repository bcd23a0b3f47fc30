import Captures

/// Frames that are ready to be written, but later than a fragment that still waits for others: they wait
/// too, so that the output stays in order of time.
struct HeldBackFrames {
  /// What is held back at the most, in bytes.
  private static let capacity = 16 << 20
  private static let frameCost = MemoryLayout<Frame>.stride
  /// Fewer bytes of frames that are gone are left where they are.
  private static let leastCompacted = 256 << 10

  /// A frame, its bytes and its comment's at places of `bytes`. One is less than another if it is to be
  /// written before: of one time, the one that came first.
  private struct Frame: BitwiseCopyable, Comparable {
    let time: Int64
    let number: UInt64
    let originalLength: UInt32
    let interface: Int
    let hasTime: Bool
    var start: Int
    let packetLength: Int
    let commentLength: Int

    var length: Int { packetLength + commentLength }

    static func < (one: Frame, other: Frame) -> Bool {
      (one.time, one.number) < (other.time, other.number)
    }
  }

  /// Frames of this time and later have to wait, in nanoseconds since 1970; nil while none has to.
  private(set) var limit: Int64?
  private var frames = MinimumHeap<Frame>()
  private var bytes: [UInt8] = []
  /// Of `bytes`: those of frames that wait.
  private var heldLength = 0
  /// Frames that have waited so far.
  private var number: UInt64 = 0
  /// By input: time of the earliest fragment that waits.
  private var limits: [Int: Int64] = [:]

  @inline(__always)
  func holds(_ time: Int64) -> Bool {
    guard let limit else { return false }
    return time >= limit
  }

  /// Whether no more should be held back.
  var isFull: Bool { heldLength + frames.count * Self.frameCost > Self.capacity }

  /// Tells the time of the earliest fragment of an input that waits, nil without any; true if `limit` is
  /// another now.
  mutating func setLimit(_ time: Int64?, ofFile file: Int) -> Bool {
    limits[file] = time
    let earliest = limits.values.min()
    let hasChanged = earliest != limit
    limit = earliest
    return hasChanged
  }

  /// A record without a time has that of the one before it.
  mutating func add(_ record: borrowing OutputRecord, comment: RawSpan, hasTime: Bool) {
    let frame = Frame(
      time: record.time, number: number, originalLength: record.originalLength,
      interface: record.interface, hasTime: hasTime, start: bytes.count,
      packetLength: record.bytes.byteCount,
      commentLength: comment.byteCount)
    unsafe record.bytes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    unsafe comment.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    frames.add(frame)
    heldLength += frame.length
    number += 1
  }

  /// Writes the frames from before a time, or all, in order of time, those of one time as they came. Of those
  /// without a time `noteUntimed` is told whether they had to be dated.
  mutating func write(
    before time: Int64?, to writer: inout CaptureWriter, noteUntimed: (_ isDated: Bool) -> Void
  ) {
    while let frame = frames.first {
      if let time, frame.time >= time { break }
      frames.removeFirst()
      heldLength -= frame.length
      let own = unsafe bytes.span.bytes.extracting(droppingFirst: frame.start)
      let packet = own.extracting(first: frame.packetLength)
      let comment = own.extracting(droppingFirst: frame.packetLength)
        .extracting(first: frame.commentLength)
      if frame.hasTime {
        writer.append(
          packet, time: frame.time, originalLength: frame.originalLength,
          interface: frame.interface, comment: comment)
      } else {
        let isTrue = writer.appendUntimed(
          packet, originalLength: frame.originalLength, interface: frame.interface,
          comment: comment)
        noteUntimed(!isTrue)
      }
    }
    if bytes.count - heldLength > max(heldLength, Self.leastCompacted) { compact() }
  }

  /// Gives the space of frames free that are gone: less often than as many bytes have come.
  private mutating func compact() {
    var kept: [UInt8] = []
    kept.reserveCapacity(heldLength)
    let bytes = bytes
    frames.updateEach { frame in
      let start = kept.count
      kept += bytes[frame.start..<frame.start + frame.length]
      frame.start = start
    }
    self.bytes = kept
  }
}
