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
        vxhop trace n1/cni0=a.pcap n2/eth0=b.pcap tcp port 80 and host 10.244.2.10
        tcpdump -i eth0 -U -w - | vxhop trace n1/eth0=- n2-eth0.pcap
        vxhop trace --source 'n2=ssh n2 vxhop capture --all -w -'
        vxhop trace --format json n1-any.pcap n2-any.pcap --snapshot n1=n1.link.json

      Exit status: 0 the analysis ran to its end; 1 with --exit-code, a packet was lost or an error was \
      found; 2 an input could not be read to its end; 64 the command line is wrong.
      """)

  @OptionGroup var options: TraceOptions

  func run() throws { try trace {} }

  /// - Parameter onceOpen: called when the output is open and the sources run.
  func trace(onceOpen: () throws -> Void) throws {
    // Not when the options are validated: that comes before an unknown option is named.
    guard !options.words.isEmpty || !options.source.isEmpty else {
      throw ValidationError("Name at least one capture: vxhop trace FILE… [filter].")
    }
    guard options.words.count(where: { $0 == "-" || $0.hasSuffix("=-") }) < 2 else {
      throw ValidationError("Standard input, -, can be read once.")
    }
    let split: (inputs: [String], filter: String?) =
      options.source.isEmpty
      ? InnerPacketFilter.splitWords(options.words)
      : ([], options.words.isEmpty ? nil : options.words.joined(separator: " "))
    let filter = try FilterArgument.compile(words: split.filter, option: options.filter)
    FilterArgument.noteLimits(of: filter)
    let snapshots = try Snapshots.read(options.snapshot)
    let inputs = makeInputs(split.inputs, snapshots)
    var analysisOptions = AnalysisOptions()
    analysisOptions.filter = filter
    analysisOptions.window = Int64(options.window * 1e9)
    analysisOptions.threads = options.threadCount
    for clock in options.clock { analysisOptions.clocks[clock.node] = clock.offset }
    for port in options.vxlanPorts.numbers { analysisOptions.decoding.vxlanPorts.append(port) }
    analysisOptions.isOrdered = options.writesPackets
    var selection = TraceSelection()
    selection.frame = try options.frame.map { (try $0.file(among: inputs), $0.frame) }

    let cluster =
      options.kubernetes.isEmpty
      ? nil
      : try Clusters.read(options.kubernetes, annotationPrefix: options.annotationPrefix)
    try refuseStreams(among: inputs)
    let analysis = TraceAnalysis(inputs: inputs, snapshots: snapshots, options: analysisOptions)
    if options.source.isEmpty {
      analysis.prepare()
      for error in analysis.errors { StandardError.print(error.description) }
      guard analysis.hasOpenInput else { throw ExitStatus.failure }
    }
    let openingErrors = analysis.errors.count
    selection.times = try times(from: analysis.startTime)
    let output = try OutputFile(path: options.output, inputs: inputs.map(\.path))
    var writing = ReportWriting(
      options: options, decoding: analysisOptions.decoding, selection: selection, cluster: cluster)
    if !options.source.isEmpty {
      let hasColor = options.color.isColored(toTerminal: isatty(STDERR_FILENO) == 1)
      writing.feed = try LiveFeed(
        options.source, duration: options.duration, hasColor: hasColor)
    }
    try onceOpen()
    let isTroubled = try writing.report(analysis, to: output)
    for error in analysis.errors.dropFirst(openingErrors) {
      StandardError.print(error.description)
    }
    printNotes(analysis, snapshots)
    try output.close()
    if !analysis.errors.isEmpty || writing.feed?.hasFailure == true { throw ExitStatus.failure }
    if options.exitCode && isTroubled { throw ExitStatus.trouble }
  }

  /// A capture of sightings needs the frames themselves, which only a file has a second time.
  private func refuseStreams(among inputs: [TraceInput]) throws {
    guard options.format == .pcapng else { return }
    for input in inputs {
      let isStream = unsafe access(input.path, F_OK) == 0 && FileIdentity(path: input.path) == nil
      guard input.path == "-" || isStream else { continue }
      StandardError.print("\(input.path): --format pcapng reads captures twice: give a file")
      throw ExitStatus.failure
    }
  }

  private func times(from start: Int64?) throws -> ClosedRange<Int64>? {
    guard options.from != nil || options.to != nil else { return nil }
    let start = start ?? 0
    let from = options.from?.nanoseconds(from: start) ?? .min
    let to = options.to?.nanoseconds(from: start) ?? .max
    guard from <= to else { throw ValidationError("--from is later than --to.") }
    return from...to
  }

  /// What people should know beside the report.
  private func printNotes(_ analysis: TraceAnalysis, _ given: [String: NodeSnapshot]) {
    for warning in analysis.warnings { StandardError.print(warning) }
    printNamingNotes(analysis, given)
    for frame in analysis.totals.malformed {
      StandardError.print(
        "\(analysis.inputs[Int(frame.file)].path): frame \(frame.frame): malformed \(frame.layer) at byte \(frame.frameOffset + UInt64(frame.offset)), \(frame.offset) of the frame"
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

  /// Tables that belong to no capture, and captures whose interfaces only tables could name.
  private func printNamingNotes(_ analysis: TraceAnalysis, _ given: [String: NodeSnapshot]) {
    for node in Set(given.keys).subtracting(analysis.table.nodes).sorted() {
      StandardError.print("--snapshot \(node): no capture is of a node of that name")
    }
    let nameless = Set(
      analysis.table.points.filter { PointNaming.isNumbered($0.interface) }.map(\.nodeName))
    for node in nameless.subtracting(analysis.table.snapshots.keys).sorted() {
      StandardError.print(
        "\(node): interfaces are known by number only: --snapshot \(node)=FILE names them, the output of 'ip -j -d link' there"
      )
    }
  }

  private func makeInputs(
    _ words: [String], _ snapshots: [String: NodeSnapshot]
  ) -> [TraceInput] {
    let naming = PointNaming(
      nodes: Set(snapshots.keys), interfaces: Set(snapshots.values.flatMap { $0.links.map(\.name) })
    )
    let sources = options.source.map { source in
      // A source is a file of its own name.
      TraceInput(
        name: InputName("\(source.name)=\(source.name)") { _ in false }, naming: naming)
    }
    return sources
      + words.map { word in
        TraceInput(name: InputName(word) { unsafe access($0, F_OK) == 0 }, naming: naming)
      }
  }
}
