import ArgumentParser
import Captures
import Filters
import Glibc
import Packets
import Reports
import Topology
import Trajectories

/// `vxhop trace`: from captures to a report of each packet's hops.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Reports which hops each packet of the captures crossed, and where it was lost.",
    discussion: """
      Captures from several points of a network are joined: the packets inside VXLAN on a NIC and the \
      plain ones on pods' veths, cni0 and flannel.1 are recognised as the same by IP ID and sequence.

        vxhop trace node1-*.pcap node2-*.pcap
        vxhop trace node1/cni0=a.pcap node2/eth0=b.pcap tcp port 80 and host 10.244.2.10
        vxhop trace --format json n1-any.pcap n2-any.pcap --snapshot n1=n1.link.json

      Exit status: 0 the analysis ran to its end; 1 with --exit-code, a packet was lost; 2 an input \
      could not be read to its end; 64 the command line is wrong.
      """)

  @OptionGroup var options: TraceOptions

  func run() throws {
    let split = InnerPacketFilter.splitWords(options.words)
    let filter = try compileFilter(split.filter)
    let inputs = try makeInputs(split.inputs)
    var analysisOptions = AnalysisOptions()
    analysisOptions.filter = filter
    analysisOptions.window = Int64(options.window * 1e9)
    for port in options.vxlanPorts { analysisOptions.decoding.vxlanPorts.append(port) }
    analysisOptions.isOrdered = options.packets.map { $0 != .none } ?? (options.format == .json)
    var selection = TraceSelection()
    selection.frame = try options.frame.map { (try $0.file(among: inputs), $0.frame) }

    let analysis = TraceAnalysis(inputs: inputs, options: analysisOptions)
    analysis.prepare()
    for error in analysis.errors { StandardError.print(error.description) }
    guard analysis.hasOpenInput else { throw ExitStatus.failure }
    let openingErrors = analysis.errors.count
    selection.times = times(from: analysis.startTime)
    let output = try OutputFile(path: options.output)
    let hasLoss = report(analysis, selection, to: output)
    for error in analysis.errors.dropFirst(openingErrors) {
      StandardError.print(error.description)
    }
    printNotes(analysis)
    try output.close()
    if !analysis.errors.isEmpty { throw ExitStatus.failure }
    if options.exitCode && hasLoss { throw ExitStatus.trouble }
  }

  /// Joins the captures and writes the report; tells whether a packet was lost.
  private func report(
    _ analysis: TraceAnalysis, _ selection: TraceSelection, to output: borrowing OutputFile
  ) -> Bool {
    let files = analysis.inputs.map(\.path)
    let packets = options.packets
    switch options.format {
    case .json:
      return write(
        JSONReport(files: files, selection: packets ?? .all, sink: output.sink), analysis, selection
      )
    case .html:
      return write(
        HTMLReport(files: files, selection: packets, sink: output.sink), analysis, selection)
    case .csv:
      return write(
        CSVReport(files: files, selection: packets ?? .all, sink: output.sink), analysis, selection)
    case .mermaid:
      return write(
        MermaidReport(files: files, selection: packets, sink: output.sink), analysis, selection)
    case .text:
      let report = TextReport(
        files: files, selection: packets ?? (selection.frame == nil ? nil : .all),
        width: output.width ?? 100,
        hasColor: options.color.isColored(toTerminal: output.isTerminal), sink: output.sink)
      return write(report, analysis, selection)
    }
  }

  private func write(
    _ report: some TraceReport, _ analysis: TraceAnalysis, _ selection: TraceSelection
  ) -> Bool {
    let hasLoss = join(analysis, selection) { report.add($0, points: $1) }
    report.finish(AnalysisFacts(of: analysis), points: analysis.table)
    return hasLoss
  }

  private func join(
    _ analysis: TraceAnalysis, _ selection: TraceSelection,
    _ add: (borrowing Trajectory, borrowing PointTable) -> Void
  ) -> Bool {
    var hasLoss = false
    analysis.run { trajectory, points in
      guard selection.includes(trajectory) else { return }
      if trajectory.outcome == .lost { hasLoss = true }
      add(trajectory, points)
    }
    return hasLoss
  }

  private func times(from start: Int64?) -> ClosedRange<Int64>? {
    guard options.from != nil || options.to != nil else { return nil }
    let start = start ?? 0
    let from = options.from?.nanoseconds(from: start) ?? .min
    let to = options.to?.nanoseconds(from: start) ?? .max
    return from <= to ? from...to : to...to
  }

  /// What people should know beside the report.
  private func printNotes(_ analysis: TraceAnalysis) {
    for warning in analysis.warnings { StandardError.print(warning) }
    for frame in analysis.totals.malformed {
      StandardError.print(
        "\(analysis.inputs[Int(frame.file)].path): frame \(frame.frame): malformed \(frame.layer) at byte \(frame.offset) of the frame"
      )
    }
    let unnamed = analysis.totals.malformedCount - UInt64(analysis.totals.malformed.count)
    if unnamed > 0 { StandardError.print("\(unnamed) more malformed frames") }
    for unsupported in analysis.totals.unsupported {
      StandardError.print(
        "\(analysis.inputs[Int(unsupported.file)].path): \(unsupported.frames) frames of link type \(unsupported.linkType), which is not supported, are counted but not read"
      )
    }
    if analysis.totals.evicted > 0 {
      StandardError.print(
        "\(analysis.totals.evicted) packets were judged before all of their observations may have been read: too many packets at once for the window of \(options.window) s"
      )
    }
  }

  private func compileFilter(_ words: String?) throws -> InnerPacketFilter? {
    guard words == nil || options.filter == nil else {
      throw ValidationError("The filter is given twice: as words and by --filter.")
    }
    guard let expression = words ?? options.filter else { return nil }
    do throws(FilterError) {
      return try InnerPacketFilter(expression: expression)
    } catch {
      throw ValidationError(error.description)
    }
  }

  private func makeInputs(_ words: [String]) throws -> [TraceInput] {
    let snapshots = try Snapshots.read(options.snapshot)
    let naming = PointNaming(
      nodes: Set(snapshots.keys), interfaces: Set(snapshots.values.flatMap { $0.links.map(\.name) })
    )
    return words.map { word in
      TraceInput(
        name: InputName(word) { unsafe access($0, F_OK) == 0 }, naming: naming, snapshots: snapshots
      )
    }
  }
}
