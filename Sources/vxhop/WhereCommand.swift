import ArgumentParser
import Packets
import Reports
import Topology

/// `vxhop where`: the points that a pod's packets cross on a node.
struct WhereCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "where",
    abstract: "Tells which interfaces a pod's packets cross on this node, and what is wrong there.",
    discussion: """
      From the kernel's own tables: for a pod of this node its veth, bridge, VTEP device and NIC, for a \
      pod of another one the route, neighbour (VTEP MAC), FDB entry (remote node) and NIC.

        vxhop where 10.244.2.10
        vxhop where default/web-0
        vxhop where 10.244.2.10 --snapshot node1.json --snapshot node2.json
        vxhop where default/web-0 --kubernetes cluster.json

      With --snapshot it runs anywhere, from the tables of the nodes that are given, and compares them. A \
      name is found for pods of this node whose namespaces may be entered, by the kubelet's logs, and \
      with --kubernetes for all pods.

      Exit status: 0 the tables were read; 1 with --exit-code, something is wrong; 2 they could not be \
      read, or a pod's name is not known (the others are answered); 64 the command line is wrong.
      """)

  @Argument(help: ArgumentHelp("Addresses or names (NAMESPACE/NAME) of pods.", valueName: "pod"))
  var pods: [String]

  @Option(
    help: ArgumentHelp(
      "Tables of a node, from vxhop snapshot or ip -j. May be repeated.", valueName: "node=file"))
  var snapshot: [String] = []

  @Option(
    help: ArgumentHelp(
      "What Kubernetes calls pods: the output of kubectl get \(Cluster.resources) -A -o json (or of one of them), or live to run kubectl. May be repeated.",
      valueName: "file|live"))
  var kubernetes: [String] = []

  @Option(help: "This node's name. Default: $NODE_NAME, else the host's.")
  var node: String?

  @Option(help: "How to report: text or json (JSON Lines, one object a pod and node).")
  var format = Format.text

  @Option(name: .shortAndLong, help: "Write the report to a file instead of standard output.")
  var output: String?

  @Option(help: "Colour: auto (on a terminal), always or never.")
  var color = ColorChoice.auto

  @Flag(help: "Exit with status 1 if something on the way is wrong.")
  var exitCode = false

  enum Format: String, NamedChoice {
    case text, json
  }

  func run() throws {
    let nodes = try readNodes()
    let cluster =
      kubernetes.isEmpty
      ? nil : try Clusters.read(kubernetes, annotationPrefix: Cluster.usualPrefix)
    let names = AddressNames(cluster)
    let tables = nodes.map(\.tables)
    let found = pods.map { (word: $0, addresses: PodNames.addresses(of: $0, on: tables, cluster)) }
    let output = try OutputFile(path: output)
    var report = WhereReport(
      isJSON: format == .json, hasColor: color.isColored(toTerminal: output.isTerminal),
      sink: output.sink)
    var hasError = false
    for address in found.flatMap(\.addresses) {
      let pod = nodes.lazy.compactMap { $0.tables.pod(havingAddress: address) }.first
      for node in nodes {
        var path = node.tables.path(toPod: address)
        path.compare(with: nodes)
        hasError = hasError || path.problems.contains { $0.severity == .error }
        report.add(WhereAnswer(node: node.name, pod: pod, addresses: names, path: path))
      }
    }
    try output.close()
    let unknown = found.filter(\.addresses.isEmpty).map(\.word)
    for word in unknown {
      StandardError.print(
        "\(word): no pod of that name is known here: name its IP address (kubectl get pod -A -o wide), or give --kubernetes"
      )
    }
    guard unknown.isEmpty else { throw ExitStatus.failure }
    if exitCode && hasError { throw ExitStatus.trouble }
  }

  private typealias Node = (name: String, tables: NodeSnapshot)

  private func readNodes() throws -> [Node] {
    guard !snapshot.isEmpty else { return [(node ?? ThisNode.name, try ThisNode.tables())] }
    return try Snapshots.read(snapshot).map { ($0, $1) }.sorted { $0.0 < $1.0 }
  }
}
