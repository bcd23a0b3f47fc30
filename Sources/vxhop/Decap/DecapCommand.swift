import ArgumentParser
import Captures
import Decapsulation
import Filters
import Glibc
import Packets
import Reports
import Topology

/// `vxhop decap`: from captures with tunnels to one without.
struct DecapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decap",
    abstract: "Recovers the frames inside VXLAN and other tunnels, for any tool to read.",
    discussion: """
      Writes the frames inside VXLAN (with GBP and GPE), Geneve, GRE, NVGRE, ERSPAN, IPIP, 6in4 and \
      flannel's udp backend, each with its own time and length, the point it was captured at, and a \
      comment that tells the outer headers. Outer fragments are put together. Other frames pass as they \
      are. Several captures are merged by time.

        vxhop decap node1-eth0.pcap -w inner.pcapng
        vxhop decap node1-eth0.pcap --pcap -w - --only-tunnelled tcp port 80 | tcpdump -nr -
        tcpdump -i eth0 -U -w - udp port 8472 | vxhop decap - -w - | tshark -r -

      Exit status: 0 all was read and written; 2 an input could not be read to its end, or the output \
      not be written; 64 the command line is wrong.
      """)

  @OptionGroup var options: DecapOptions

  func run() throws { try recover(handlingInterrupts: true) }

  /// - Parameter handlingInterrupts: whether what SIGINT does is decided here.
  func recover(handlingInterrupts: Bool) throws {
    // Not when the options are validated: that comes before an unknown option is named.
    guard !options.words.isEmpty else {
      throw ValidationError("Name at least one capture: vxhop decap FILE… [-w OUT] [filter].")
    }
    let split = InnerPacketFilter.splitWords(options.words)
    guard split.inputs.count(where: { $0 == "-" || $0.hasSuffix("=-") }) < 2 else {
      throw ValidationError("Standard input, -, can be read once.")
    }
    let inputs = split.inputs.map { word in
      DecapsulationInput(
        name: InputName(word) { unsafe access($0, F_OK) == 0 }, naming: PointNaming())
    }
    let files = inputs.map(\.name.path)
    try refuseTerminal()
    let decapsulation = Decapsulation(inputs: inputs, options: try makeOptions(split.filter))
    for error in decapsulation.errors { StandardError.print(error.description) }
    guard decapsulation.hasOpenInput else { throw ExitStatus.failure }
    let openingErrors = decapsulation.errors.count

    if decapsulation.hasStream && handlingInterrupts { Self.outliveInterrupt() }
    let output = try OutputFile(path: options.output, inputs: files)
    let sink = output.sink
    let format: CaptureWriter.Format = options.pcap ? .pcap(.ethernet) : .pcapng
    let application = "vxhop \(Vxhop.configuration.version)"
    decapsulation.run(
      writingTo: CaptureWriter(format: format, application: application, inBackground: true) {
        sink.append($0)
        return !sink.isClosed
      })
    for error in decapsulation.errors.dropFirst(openingErrors) {
      StandardError.print(error.description)
    }
    let names = files.map { $0 == "-" ? "standard input" : $0 }
    for line in decapsulation.counts.lines(files: names) { StandardError.print(line) }
    try output.close()
    if !decapsulation.errors.isEmpty { throw ExitStatus.failure }
  }

  private func makeOptions(_ words: String?) throws -> DecapsulationOptions {
    var made = DecapsulationOptions()
    made.filter = try FilterArgument.compile(words: words, option: options.filter)
    made.decoding.maximumTunnelDepth = options.depth
    for port in options.vxlanPorts.numbers { made.decoding.vxlanPorts.append(port) }
    made.vnis = Set(options.vnis)
    made.isOnlyTunnelled = options.isOnlyTunnelled
    made.hasComments = !options.hasNoComments
    return made
  }

  /// A capture is no text.
  private func refuseTerminal() throws {
    guard options.output ?? "-" == "-", isatty(STDOUT_FILENO) == 1 else { return }
    throw ValidationError("Standard output is a terminal: write to a file with -w, or a pipe.")
  }

  /// Ctrl-C ends the tool at the other end of the pipe; what it still writes is to be read. A second one
  /// ends this program as well.
  private static func outliveInterrupt() {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { _ in }
    action.sa_flags = SA_RESTART | Int32(bitPattern: UInt32(SA_RESETHAND))
    unsafe sigaction(SIGINT, &action, nil)
  }
}
