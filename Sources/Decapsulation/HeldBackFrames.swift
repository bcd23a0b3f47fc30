import Captures

/// Frames that are ready to be written, but later than a fragment that still waits for others: they wait
/// too, so that the output stays in order of time.
struct HeldBackFrames {
  /// What is held back at the most, in bytes.
  private static let capacity = 16 << 20
  private static let frameCost = MemoryLayout<Frame>.stride

  /// A frame, its bytes and its comment's at places of `bytes`.
  private struct Frame {
    let time: Int64
    let originalLength: UInt32
    let interface: Int
    let start: Int
    let commentStart: Int
    let end: Int
  }

  /// Frames of this time and later have to wait, in nanoseconds since 1970.
  private(set) var limit = Int64.max
  private var frames: [Frame] = []
  private var bytes: [UInt8] = []
  /// By input: time of the earliest fragment that waits.
  private var limits: [Int: Int64] = [:]

  @inline(__always)
  func holds(_ time: Int64) -> Bool { time >= limit }

  /// Whether no more should be held back.
  var isFull: Bool { bytes.count + frames.count * Self.frameCost > Self.capacity }

  /// Tells the time of the earliest fragment of an input that waits, `Int64.max` without any; true if
  /// `limit` is another now.
  mutating func setLimit(_ time: Int64, ofFile file: Int) -> Bool {
    limits[file] = time
    let earliest = limits.values.min() ?? .max
    let hasChanged = earliest != limit
    limit = earliest
    return hasChanged
  }

  mutating func add(_ record: borrowing OutputRecord, comment: RawSpan) {
    let start = bytes.count
    unsafe record.bytes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    let commentStart = bytes.count
    unsafe comment.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    frames.append(
      Frame(
        time: record.time, originalLength: record.originalLength, interface: record.interface,
        start: start, commentStart: commentStart, end: bytes.count))
  }

  /// Writes the frames from before a time, in order of time, those of one time as they came.
  mutating func write(before time: Int64, to writer: inout CaptureWriter) {
    // Fragments come and go far more often than frames become ready.
    guard frames.contains(where: { $0.time < time }) else { return }
    let ready = frames.enumerated().filter { $0.element.time < time }
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    for (_, frame) in ready {
      let whole = unsafe bytes.span.bytes
      writer.append(
        whole.extracting(frame.start..<frame.commentStart), time: frame.time,
        originalLength: frame.originalLength, interface: frame.interface,
        comment: whole.extracting(frame.commentStart..<frame.end))
    }
    frames.removeAll { $0.time < time }
    compact()
  }

  /// Gives the space of frames free that are gone.
  private mutating func compact() {
    var kept: [UInt8] = []
    frames = frames.map { frame in
      let start = kept.count
      kept += bytes[frame.start..<frame.end]
      return Frame(
        time: frame.time, originalLength: frame.originalLength, interface: frame.interface,
        start: start, commentStart: start + frame.commentStart - frame.start, end: kept.count)
    }
    bytes = kept
  }
}
