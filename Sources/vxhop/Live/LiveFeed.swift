import Glibc
import LiveCapture
import Reports
import Topology
import Trajectories

/// The running sources of a live trace, and what the terminal shows while they are read.
final class LiveFeed {
  private static let drawInterval: Int64 = 200_000_000

  private let processes: [SourceProcess]
  private var reportedFailures: Set<Int> = []
  private var view: LiveView?
  private let start = WallClock.now
  private let end: Int64
  private var nextDrawing: Int64 = 0
  private var isEnding = false
  /// Where the report goes, for as long as somebody reads it.
  private var output: OutputSink?
  /// Whether a source ended badly before it was asked to end.
  private(set) var hasFailure = false

  /// - Parameter duration: seconds after which the trace ends by itself.
  init(_ sources: [SourceCommand], duration: Double?, hasColor: Bool) throws {
    Signals.catchAll()
    end = duration.map { WallClock.now + Int64($0 * 1e9) } ?? .max
    processes = try sources.map { try SourceProcess($0) }
    view = LiveView(files: sources.map(\.name), hasColor: hasColor)
  }

  /// Follows the sources to their end; tells whether a packet was lost.
  func follow(
    _ analysis: TraceAnalysis, _ report: some TraceReport, _ selection: TraceSelection
  ) -> Bool {
    var hasLoss = false
    analysis.follow(processes.map(\.descriptor)) {
      look(at: analysis, report)
    } emit: { trajectory, points in
      view?.add(trajectory)
      guard selection.includes(trajectory) else { return }
      if trajectory.outcome == .lost { hasLoss = true }
      report.add(trajectory, points: points)
    }
    for process in processes { process.end() }
    view?.hide()
    showMessages()
    return hasLoss
  }

  /// The same sink, for whose bytes the lines on the terminal make room.
  func makingRoom(for sink: OutputSink) -> OutputSink {
    output = sink
    return OutputSink { [self] bytes in
      view?.hide()
      sink.append(bytes)
    }
  }

  private func look(at analysis: TraceAnalysis, _ report: some TraceReport) -> TraceAnalysis.Wish {
    showMessages()
    reportFailures()
    let now = WallClock.now
    if now >= nextDrawing {
      nextDrawing = now + Self.drawInterval
      view?.hide()
      report.flush()
      view?.draw(analysis, seconds: Double(now - start) / 1e9)
    }
    if Signals.takeStatisticsRequest() {
      view?.hide()
      statistics(of: analysis).print()
    }
    guard !isEnding else { return .end }
    if Signals.wantsStop || now >= end || output?.isClosed == true {
      isEnding = true
      for process in processes { process.interrupt() }
    }
    return isEnding ? .end : .goOn
  }

  /// What has come of each point by now, and what the kernel is known to have dropped there.
  private func statistics(of analysis: TraceAnalysis) -> CaptureStatistics {
    CaptureStatistics(
      points: analysis.progress.map { progress in
        let drops = progress.drops ?? 0
        return .init(
          name: analysis.table.points[Int(progress.point)].name, captured: progress.frames,
          received: progress.frames + drops, dropped: drops)
      })
  }

  /// What the commands say is said in their node's name.
  private func showMessages() {
    for process in processes {
      for line in process.messages() {
        view?.hide()
        let words = line.hasPrefix("vxhop: ") ? line.dropFirst("vxhop: ".count) : line[...]
        StandardError.print("\(process.source.name): \(words)")
      }
    }
  }

  /// A source that died is named, once; the others go on.
  private func reportFailures() {
    guard !isEnding else { return }
    for (index, process) in processes.enumerated() where !reportedFailures.contains(index) {
      guard let failure = process.failure() else { continue }
      reportedFailures.insert(index)
      hasFailure = true
      view?.hide()
      StandardError.print("\(process.source.name): \(failure): \(process.source.command)")
    }
  }
}
