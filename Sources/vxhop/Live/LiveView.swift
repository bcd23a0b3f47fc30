import Glibc
import Reports
import Trajectories

/// Lines at the bottom of the terminal that are drawn anew as packets come.
struct LiveView: ~Copyable {
  private var status: LiveStatus
  private var drawnLines = 0

  /// Nil where standard error is no terminal.
  init?(files: [String], hasColor: Bool) {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    status = LiveStatus(files: files, hasColor: hasColor)
  }

  mutating func add(_ trajectory: borrowing Trajectory) { status.add(trajectory) }

  /// Takes the lines away, so that something else can be written in their place.
  mutating func hide() {
    guard drawnLines > 0 else { return }
    put("\r\u{1b}[\(drawnLines)A\u{1b}[J")
    drawnLines = 0
  }

  mutating func draw(_ analysis: TraceAnalysis, seconds: Double) {
    hide()
    let lines = status.lines(
      analysis.progress, points: analysis.table, seconds: seconds, silent: analysis.silentInputs,
      width: Self.width)
    put(lines.map { $0 + "\n" }.joined())
    drawnLines = lines.count
  }

  private static var width: Int {
    var size = winsize()
    let status = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
    // A line as long as the terminal is wide would wrap with some of them.
    return status == 0 && size.ws_col > 20 ? Int(size.ws_col) - 1 : 79
  }

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}
