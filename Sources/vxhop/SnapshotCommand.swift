import ArgumentParser
import Glibc
import Reports
import Topology

/// `vxhop snapshot`: this node's tables, to take away with the captures.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Writes this node's interfaces, addresses, neighbours, FDB, routes and pods as JSON.",
    discussion: """
      To take away with the captures: vxhop trace --snapshot node1.json, vxhop where --snapshot node1.json.

      The node's own tables need no rights. Pods are included as far as their network namespaces may \
      be entered (CAP_SYS_ADMIN; CAP_SYS_PTRACE for those without a name in /run/netns).

      On a node without vxhop iproute2 writes the same, but for the pods:
        { ip -j -d addr; ip -j neigh; ip -j route; ip -j -6 route; bridge -j fdb; } > node1.json
      """)

  @Option(name: .shortAndLong, help: "Write to a file instead of standard output.")
  var output: String?

  @Option(help: "The node's name. Default: $NODE_NAME, else the host's.")
  var node: String?

  func run() throws {
    let json = try ThisNode.tables().json(node: node ?? ThisNode.name, time: Int64(time(nil)))
    let output = try OutputFile(path: output)
    output.sink.append(unsafe json.span.bytes)
    try output.close()
  }
}
