import ArgumentParser

/// The options of `vxhop decap`, as they are typed.
struct DecapOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Captures, then filter words.",
      discussion: """
        A capture is a file, NODE/INTERFACE=FILE, NODE=FILE, or - for standard input. The first word \
        that opens with a keyword of tcpdump's language, ( or ! begins the filter, which applies to \
        the frames as they are written.
        """,
      valueName: "capture"))
  var words: [String] = []

  @Option(
    name: [.customShort("w"), .customLong("write")],
    help: "Write to a file; - is standard output, as without this option.")
  var output: String?

  @Flag(help: "Write pcap instead of pcapng: Ethernet frames, without names and comments.")
  var pcap = false

  @Flag(
    name: .customLong("no-comments"),
    help: "Do not tell the outer headers in a comment on each frame.")
  var hasNoComments = false

  @Flag(name: .customLong("only-tunnelled"), help: "Leave frames out that are not encapsulated.")
  var isOnlyTunnelled = false

  @Option(
    name: .customLong("vni"),
    help: ArgumentHelp(
      "Only tunnels with this network identifier: frames in others are left out. May be repeated.",
      valueName: "vni"))
  var vnis: [UInt32] = []

  @Option(help: "How many tunnels inside each other to strip, 1 to 4.")
  var depth: UInt8 = 4

  @Option(help: "The filter, if not given as trailing words.")
  var filter: String?

  @OptionGroup var vxlanPorts: VXLANPortOptions

  func validate() throws {
    guard (1...4).contains(depth) else { throw ValidationError("--depth takes 1 to 4.") }
    guard vnis.allSatisfy({ $0 < 1 << 24 }) else {
      throw ValidationError("--vni takes a number below 16777216.")
    }
  }
}
