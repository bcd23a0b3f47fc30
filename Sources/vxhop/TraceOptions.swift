import ArgumentParser
import Filters
import Glibc
import Reports
import Topology

/// The options of `vxhop trace`, as they are typed.
struct TraceOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Captures, then filter words.",
      discussion: """
        A capture is a file, NODE/INTERFACE=FILE, NODE=FILE, or - for standard input. The first word \
        that opens with a keyword of tcpdump's language, ( or ! begins the filter, which applies to \
        the inner packet at any hop. A file that is named like a keyword is ./tcp.
        """,
      valueName: "capture"))
  var words: [String] = []

  @Option(
    help: """
      How to report: text, json (JSON Lines, one object a line), html (a page to look at), pcapng (the \
      packets' sightings, for Wireshark), csv (a row for each hop), mermaid (a sequence diagram) or \
      otlp (OpenTelemetry traces).
      """)
  var format = Format.text

  @Option(name: .shortAndLong, help: "Write the report to a file instead of standard output.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Sends the traces of --format otlp to a collector, such as http://localhost:4318.",
      valueName: "url"),
    transform: OTLPEndpoint.init(parsing:))
  var otlpEndpoint: OTLPEndpoint?

  @Option(
    help: "Which single packets to print: all, lost, none, or the first N.",
    transform: Self.packetSelection)
  var packets: PacketSelection?

  @Option(
    help: ArgumentHelp("Only the packet in this frame of a capture.", valueName: "file:n"),
    transform: FrameSelection.init(parsing:))
  var frame: FrameSelection?

  @Option(
    help:
      "Only packets first seen at or after this time: HH:MM:SS, an ISO 8601 time (UTC), or seconds since 1970.",
    transform: TimeBound.init(parsing:))
  var from: TimeBound?

  @Option(help: "Only packets first seen up to this time.", transform: TimeBound.init(parsing:))
  var to: TimeBound?

  @Option(help: "The filter, if not given as trailing words.")
  var filter: String?

  @OptionGroup var vxlanPorts: VXLANPortOptions

  @Option(
    help: ArgumentHelp(
      "Tables of a node: the output of vxhop snapshot, or of ip -j -d link (and addr, neigh, route, bridge -j fdb). May be repeated.",
      valueName: "node=file"))
  var snapshot: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Trace live: a command that writes a capture to its standard output, such as 'node2=ssh node2 \
      vxhop capture --all -w -'. May be repeated; all words are filter then.
      """, valueName: "node=command"),
    transform: SourceCommand.init(parsing:))
  var source: [SourceCommand] = []

  @Option(
    help: ArgumentHelp(
      "End a live trace after this time: seconds, or a number with s, m or h.", valueName: "time"),
    transform: CaptureOptions.seconds)
  var duration: Double?

  @Option(
    help: ArgumentHelp(
      "How far a node's clock is ahead (n2=+1.5ms, n2=-3s), instead of an estimate. May be repeated.",
      valueName: "node=offset"),
    transform: ClockOffset.init(parsing:))
  var clock: [ClockOffset] = []

  @Option(
    help: ArgumentHelp(
      "What Kubernetes knows: the output of kubectl get \(Cluster.resources) -A -o json (or of one of them), or live to run kubectl. May be repeated.",
      valueName: "file|live"))
  var kubernetes: [String] = []

  @Option(help: "Prefix of flannel's annotations of nodes.")
  var annotationPrefix = Cluster.usualPrefix

  @Option(help: "How long a packet may take from its first point to its last, in seconds.")
  var window = 2.0

  @Option(help: "Threads to work in; as many as there are processors if not given.")
  var threads: Int?

  @Option(help: "Colour: auto (on a terminal), always or never.")
  var color = ColorChoice.auto

  @Flag(help: "Exit with status 1 if a packet was lost, or a finding is an error.")
  var exitCode = false

  enum Format: String, NamedChoice {
    case text, json, html, pcapng, csv, mermaid, otlp

    /// Whether it needs the packets in the order of their first sightings.
    var isOrdered: Bool {
      switch self {
      case .json, .csv, .pcapng: true
      case .text, .html, .mermaid, .otlp: false
      }
    }
  }

  func validate() throws {
    guard source.isEmpty || format != .pcapng && frame == nil && from == nil && to == nil else {
      throw ValidationError("--source goes without --format pcapng, --frame, --from and --to.")
    }
    guard source.isEmpty == (duration == nil) || duration == nil else {
      throw ValidationError("--duration ends a live trace: give --source.")
    }
    guard otlpEndpoint == nil || format == .otlp else {
      throw ValidationError("--otlp-endpoint needs --format otlp.")
    }
    guard threads.map({ (1...64).contains($0) }) ?? true else {
      throw ValidationError("--threads takes a number from 1 to 64.")
    }
    guard window > 0, window <= 3600 else {
      throw ValidationError("--window takes seconds, more than 0 and at most 3600.")
    }
  }

  /// Whether packets are written one by one as they are found, in the order of their first sightings.
  var writesPackets: Bool { packets.map { $0 != .none } ?? format.isOrdered }

  var threadCount: Int { threads ?? max(1, min(64, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private static func packetSelection(_ text: String) throws -> PacketSelection {
    guard let selection = PacketSelection(text) else {
      throw ValidationError("'\(text)' is not all, lost, none or a number.")
    }
    return selection
  }
}

/// Choices that are typed as they are named. Said here, for what is worked out for any choices takes the searching of
/// conformances at each start.
protocol NamedChoice: ExpressibleByArgument, CaseIterable, RawRepresentable
where RawValue == String {}

extension NamedChoice {
  static var allValueStrings: [String] { allCases.map { $0.rawValue } }
  static var allValueDescriptions: [String: String] { [:] }
  var defaultValueDescription: String { rawValue }
}

/// Whether a report is coloured.
enum ColorChoice: String, NamedChoice {
  case auto, always, never

  /// On a terminal, unless NO_COLOR is set and not empty or the terminal is a dumb one.
  func isColored(toTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: toTerminal && !Self.isForbidden
    }
  }

  private static var isForbidden: Bool {
    environment("NO_COLOR").map { !$0.isEmpty } ?? false || environment("TERM") == "dumb"
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
