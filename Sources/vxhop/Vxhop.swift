import ArgumentParser

/// The command and its verbs.
struct Vxhop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vxhop",
    abstract:
      "Tells which hops a pod-to-pod packet crossed in a Flannel (VXLAN) network, and where it stopped.",
    version: "0.1.0",
    subcommands: [
      TraceCommand.self, CaptureCommand.self, WhereCommand.self, SnapshotCommand.self,
      DecapCommand.self, ExplainCommand.self,
    ])
}
