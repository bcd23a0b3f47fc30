import Findings
import Glibc
import Packets
import Reports
import Topology
import Trajectories

/// Joins the captures and writes the report that the user asked for.
struct ReportWriting {
  let options: TraceOptions
  let decoding: DecodingOptions
  let selection: TraceSelection
  /// What Kubernetes says, if it was asked.
  let cluster: Cluster?
  /// The running sources, where captures are traced as they come.
  var feed: LiveFeed?

  /// Tells whether there is anything for `--exit-code`: a packet lost, or an error found. Throws if a
  /// collector did not take what was sent.
  func report(_ analysis: TraceAnalysis, to output: borrowing OutputFile) throws -> Bool {
    let files = analysis.inputs.map(\.path)
    let packets = options.packets
    let sink = feed?.makingRoom(for: output.sink) ?? output.sink
    let addresses = AddressNames(cluster)
    switch options.format {
    case .json:
      return write(
        JSONReport(
          files: files, addresses: addresses, selection: packets ?? .all, sink: sink), analysis)
    case .html:
      return write(
        HTMLReport(files: files, addresses: addresses, selection: packets, sink: sink), analysis)
    case .csv:
      return write(
        CSVReport(
          files: files, addresses: addresses, selection: packets ?? .all, sink: sink), analysis)
    case .mermaid:
      return write(
        MermaidReport(files: files, addresses: addresses, selection: packets, sink: sink), analysis)
    case .pcapng:
      let report = PcapngReport(
        files: files, addresses: addresses, selection: packets ?? .all, decoding: decoding,
        sink: sink)
      let isTroubled = write(report, analysis)
      if report.missingFrames > 0 {
        StandardError.print("\(report.missingFrames) frames could not be read a second time")
      }
      return isTroubled
    case .otlp:
      return try writeTelemetry(files, addresses, analysis, to: sink)
    case .text:
      let report = TextReport(
        files: files, addresses: addresses,
        selection: packets ?? (selection.frame == nil && feed == nil ? nil : .all),
        width: output.width ?? 100,
        hasColor: options.color.isColored(toTerminal: output.isTerminal),
        isUnicode: output.isUnicode, isLive: feed != nil, sink: sink)
      return write(report, analysis)
    }
  }

  /// To a collector if there is one, and to a file if it is named or there is no collector.
  private func writeTelemetry(
    _ files: [String], _ addresses: AddressNames, _ analysis: TraceAnalysis, to sink: OutputSink
  ) throws -> Bool {
    guard let endpoint = options.otlpEndpoint else {
      return write(
        OTLPReport(files: files, addresses: addresses, selection: options.packets, sink: sink),
        analysis)
    }
    let sinks = options.output == nil ? [endpoint.sink] : [sink, endpoint.sink]
    let report = OTLPReport(
      files: files, addresses: addresses, selection: options.packets,
      sink: OutputSink(copyingTo: sinks))
    let isTroubled = write(report, analysis)
    if endpoint.rejectedSpans > 0 {
      StandardError.print("the collector rejected \(endpoint.rejectedSpans) spans")
    }
    if let failure = endpoint.failure {
      StandardError.print("\(endpoint.url): \(failure)")
      throw ExitStatus.failure
    }
    return isTroubled
  }

  private func write(_ report: some TraceReport, _ analysis: TraceAnalysis) -> Bool {
    let diagnosed = DiagnosedReport(report)
    let hasLoss =
      feed.map { $0.follow(analysis, diagnosed, selection) } ?? join(analysis, into: diagnosed)
    let findings = diagnosed.diagnosis.value.findings(Surroundings(of: analysis, cluster: cluster))
    report.finish(AnalysisFacts(of: analysis, findings: findings), points: analysis.table)
    return hasLoss || findings.contains { $0.severity == .error }
  }

  /// Tells whether a packet was lost.
  private func join(_ analysis: TraceAnalysis, into report: some TraceReport) -> Bool {
    var progress = Progress(isShown: isatty(STDERR_FILENO) == 1)
    let packets = SelectedPackets(selection, report)
    // Counting packets takes less than handing them over.
    if options.threadCount > 1 && options.writesPackets {
      let handover = TraceHandover(packets.add)
      analysis.run { trajectory, points in
        progress.step(analysis)
        handover.add(trajectory, points: points)
      }
      handover.wait()
    } else {
      analysis.run { trajectory, points in
        progress.step(analysis)
        packets.add(trajectory, points: points)
      }
    }
    progress.finish()
    if packets.count > 0 && packets.selected == 0 {
      StandardError.print(selection.emptyAnswer(packets: packets.count, files: analysis.inputs))
    }
    if packets.count == 0 && analysis.errors.isEmpty {
      let frames = analysis.totals.frames
      StandardError.print(
        frames == 0
          ? "the captures hold no frames"
          : "none of the captures' \(frames) frames holds an IP packet")
    }
    return packets.hasLoss
  }
}

/// Leaves packets that the user did not ask for out of a report.
private final class SelectedPackets<Report: TraceReport> {
  private let selection: TraceSelection
  /// The selection's: asked once, not for each packet.
  private let isUnbounded: Bool
  private let report: Report
  private(set) var count: UInt64 = 0
  private(set) var selected: UInt64 = 0
  private(set) var hasLoss = false

  init(_ selection: TraceSelection, _ report: Report) {
    self.selection = selection
    isUnbounded = selection.isUnbounded
    self.report = report
  }

  @inline(__always)
  func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    count &+= 1
    guard trajectory.isSelected, isUnbounded || selection.includes(trajectory) else { return }
    selected &+= 1
    // A comparison of what another module declares is a call.
    if case .lost = trajectory.outcome { hasLoss = true }
    report.add(trajectory, points: points)
  }
}

/// Hands packets on to a report and gathers from them what findings rest on.
private final class DiagnosedReport<Report: TraceReport>: TraceReport {
  private let report: Report
  let diagnosis = HotValue(Diagnosis())

  init(_ report: Report) {
    self.report = report
  }

  @inline(__always)
  func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    diagnosis.value.add(trajectory, points: points)
    report.add(trajectory, points: points)
  }

  func flush() { report.flush() }

  func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    report.finish(facts, points: points)
  }
}
