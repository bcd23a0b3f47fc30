import ArgumentParser
import LiveCapture
import Topology

/// The options of `vxhop capture`, as they are typed.
struct CaptureOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Filter words in tcpdump's language, for the inner packet at every point.",
      valueName: "filter"))
  var words: [String] = []

  @Option(
    name: .customShort("i", allowingJoined: true),
    help: ArgumentHelp(
      "An interface; beside --netns, one inside of that (eth0 if none is named). May be repeated.",
      valueName: "interface"))
  var interfaces: [String] = []

  @Option(
    help: ArgumentHelp(
      "Every point of a pod's path on this node: its IP, NAMESPACE/NAME, or its network namespace's name (ip netns). May be repeated.",
      valueName: "ip|name"))
  var pod: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where --pod looks names up that this node does not know: the output of kubectl get \(Cluster.resources) -A -o json, or live to run kubectl. May be repeated.",
      valueName: "file|live"))
  var kubernetes: [String] = []

  @Flag(name: .customLong("all"), help: "Every veth, bridge, VTEP and NIC of this node that is up.")
  var isForAll = false

  @Option(
    help: ArgumentHelp(
      "Inside a network namespace: a process's number, a name (ip netns) or a path. May be repeated.",
      valueName: "pid|name|path"))
  var netns: [String] = []

  @Option(
    name: [.customShort("w", allowingJoined: true), .customLong("write")],
    help: ArgumentHelp(
      "Where the pcapng goes; - for standard output. strftime's % is expanded when rotating by time.",
      valueName: "file"))
  var output: String?

  @Flag(
    name: .customLong("decap"),
    help: "Write the inner frames instead of those that were captured, as vxhop decap does.")
  var isDecapsulated = false

  @Flag(
    name: .customLong("trace"),
    help: "Trace live: print each packet's hops as it is complete, instead of writing a capture.")
  var isTraced = false

  @Option(help: "With --trace, how to report: text, json, html, csv, mermaid or otlp.")
  var format: TraceOptions.Format?

  @Option(help: "With --trace, which single packets to print: all, lost, none, or the first N.")
  var packets: String?

  @Option(
    help: "The node's name in front of its points' names. Default: $NODE_NAME, else the host's.")
  var node: String?

  @Option(
    name: [.customShort("s", allowingJoined: true), .customLong("snapshot-length")],
    help: "Bytes kept of each frame; 0 for all.")
  var snapshotLength: UInt32 = 0

  @Option(
    name: [.customShort("c", allowingJoined: true), .customLong("count")],
    help: "Stop after this many packets, over all points.")
  var count: UInt64?

  @Option(
    help: ArgumentHelp(
      "Stop after this time: seconds, or a number with s, m or h.", valueName: "time"),
    transform: Self.seconds)
  var duration: Double?

  @Option(
    name: [.customShort("C", allowingJoined: true), .customLong("file-size")],
    help: ArgumentHelp(
      "Begin a new file after so many million bytes: FILE, FILE1, FILE2, …", valueName: "MB"))
  var fileSize: UInt64?

  @Option(
    name: [.customShort("G", allowingJoined: true), .customLong("file-seconds")],
    help: "Begin a new file every so many seconds.")
  var fileSeconds: UInt64?

  @Option(
    name: [.customShort("W", allowingJoined: true), .customLong("file-count")],
    help:
      "With -C, keep so many files and begin again at the first; with -G alone, stop after them.")
  var fileCount: Int?

  @Flag(name: [.customShort("U"), .customLong("packet-buffered")], help: "Write packets at once.")
  var isPacketBuffered = false

  @Option(
    name: [.customShort("B", allowingJoined: true), .customLong("buffer-size")],
    help: "The kernel's buffer of each interface in KiB. Default: 64 MiB shared, 2 to 16 MiB each.")
  var bufferSize: Int?

  @Option(
    name: [.customShort("Z", allowingJoined: true), .customLong("user")],
    help:
      "Go on as this user (name, number or user:group) once everything is open. Default for root: nobody."
  )
  var user: String?

  @Flag(help: "Keep the packets of the connection that the capture leaves this node over.")
  var noExcludeSelf = false

  @Option(help: "The filter, if not given as trailing words.")
  var filter: String?

  @OptionGroup var vxlanPorts: VXLANPortOptions

  func validate() throws {
    if isTraced == (output != nil) {
      throw ValidationError("Say what becomes of the packets: -w FILE, -w - or --trace.")
    }
    if isDecapsulated && (isTraced || fileSize != nil || fileSeconds != nil) {
      throw ValidationError("--decap goes without --trace, -C and -G.")
    }
    if format == .pcapng {
      throw ValidationError(
        "--format pcapng reads captures twice: capture with -w FILE, then vxhop trace FILE.")
    }
    if !isTraced && (format != nil || packets != nil) {
      throw ValidationError("--format and --packets belong to --trace.")
    }
    if let fileSize, fileSize == 0 { throw ValidationError("-C takes at least 1.") }
    if let fileSeconds, fileSeconds == 0 { throw ValidationError("-G takes at least 1.") }
    if let fileCount, fileCount < 1 { throw ValidationError("-W takes at least 1.") }
    if fileCount != nil && fileSize == nil && fileSeconds == nil {
      throw ValidationError("-W counts the files of -C or -G: give one of them.")
    }
    if (fileSize != nil || fileSeconds != nil) && (output == nil || output == "-") {
      throw ValidationError("-C and -G need a file: -w FILE.")
    }
    if let bufferSize, !(1...1_048_576 ~= bufferSize) {
      throw ValidationError("-B takes 1 to 1048576 KiB.")
    }
    if let node, node.isEmpty || node.contains("/") {
      throw ValidationError("--node takes a name without /.")
    }
  }

  static func seconds(_ text: String) throws -> Double {
    let unit = ["s": 1.0, "m": 60, "h": 3600][text.suffix(1)]
    guard let number = Double(unit == nil ? text[...] : text.dropLast()), number > 0,
      number < 1e9
    else { throw ValidationError("'\(text)' is no time: use seconds, 90s, 15m or 2h.") }
    return number * (unit ?? 1)
  }
}
