import Glibc
import Trajectories

/// A line on the terminal that tells how far a long analysis is, how fast, and how long it will take.
struct Progress {
  /// Packets from one look at the clock to the next.
  private static let stride = 1024
  private static let interval = 0.5
  /// What is done sooner needs no line.
  private static let patience = 1.5

  private let isShown: Bool
  private let start = Self.now()
  private var packets = 0
  private var nextTime: Double
  private var isDrawn = false

  init(isShown: Bool) {
    self.isShown = isShown
    nextTime = start + Self.patience
  }

  /// Counts a packet, and redraws the line if it is time.
  @inline(__always)
  mutating func step(_ analysis: TraceAnalysis) {
    packets &+= 1
    if packets & (Self.stride - 1) == 0 && isShown { draw(analysis) }
  }

  private mutating func draw(_ analysis: TraceAnalysis) {
    let now = Self.now()
    guard now >= nextTime else { return }
    nextTime = now + Self.interval
    isDrawn = true
    let line = Self.line(
      packets: packets, seconds: now - start, read: analysis.bytesRead, size: analysis.size)
    // Back to the start of the line, and clear what was there.
    put("\r\u{1b}[K" + line.prefix(Self.columns - 1))
  }

  /// Of the terminal: a line that goes on in the next one could not be cleared.
  private static var columns: Int {
    var size = winsize()
    let isKnown = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1
    return isKnown ? Int(size.ws_col) : 80
  }

  /// `1,234,000 packets, 3.1 M/s, 245 of 980 MB, 4 s left`
  static func line(packets: Int, seconds: Double, read: UInt64, size: UInt64?) -> String {
    let rate = Double(packets) / max(seconds, 0.001)
    var words = [
      "\(packets.grouped) packets",
      rate >= 1e6 ? "\(Self.tenths(rate / 1e6)) M/s" : "\(Int(rate / 1e3)) k/s",
    ]
    let megabytes = { (bytes: UInt64) in (Int(bytes) / 1_000_000).grouped }
    if let size, size > 0, read > 0 {
      words.append("\(megabytes(read)) of \(megabytes(size)) MB")
      let left = seconds * Double(size - min(read, size)) / Double(read)
      words.append(left >= 90 ? "\(Int(left / 60 + 0.5)) min left" : "\(Int(left + 0.5)) s left")
    } else {
      words.append("\(megabytes(read)) MB")
    }
    return words.joined(separator: ", ")
  }

  /// Takes the line away.
  func finish() {
    if isDrawn { put("\r\u{1b}[K") }
  }

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Seconds of a clock that nobody sets.
  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension Int {
  /// `1,234,000`
  fileprivate var grouped: String {
    guard self >= 1000 else { return String(self) }
    let rest = String(self % 1000)
    return (self / 1000).grouped + "," + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
