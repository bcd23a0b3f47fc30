package import Packets
package import Topology
package import Trajectories

/// What is known of the network beside the packets' ways.
package struct Surroundings {
  package var table: PointTable
  package var evidence: PacketEvidence
  /// What Kubernetes says, if it was asked.
  package var cluster: Cluster?
  /// Points whose captures hold frames.
  package var recordedPoints: Set<UInt16> = []
  private let nodeOfAddress: (IPAddress) -> Int?

  package init(
    table: PointTable, evidence: PacketEvidence = PacketEvidence(),
    nodeOfAddress: @escaping (IPAddress) -> Int?
  ) {
    self.table = table
    self.evidence = evidence
    self.nodeOfAddress = nodeOfAddress
  }

  package init(of analysis: TraceAnalysis, cluster: Cluster? = nil) {
    self.init(table: analysis.table, evidence: analysis.totals.evidence) {
      analysis.node(of: $0)
    }
    self.cluster = cluster
    recordedPoints = Set(
      analysis.table.points.indices.map(UInt16.init).filter {
        analysis.totals.counters(of: $0).frames > 0
      })
  }

  /// Tables of nodes by the node's name.
  var snapshots: [String: NodeSnapshot] { table.snapshots }

  /// The node where an address lives, by number; nil if neither packets nor tables tell.
  func node(of address: IPAddress) -> Int? {
    nodeOfAddress(address)
      ?? table.nodes.firstIndex { snapshots[$0]?.owns(address) == true }
      ?? cluster?.nodeOfPod[address].flatMap { table.nodes.firstIndex(of: $0) }
  }

  /// The name of a node's device with a role: captured, or flannel's own.
  func device(_ role: InterfaceRole, of node: Int?, isIPv6: Bool = false) -> String {
    let captured = table.points.filter { $0.node == node && $0.role == role }
      .map(\.interface).filter(Self.isOrdinary)
    let fitting = captured.first { $0.contains("-v6") == isIPv6 } ?? captured.first
    if let fitting { return fitting }
    switch role {
    case .vtep: return isIPv6 ? "flannel-v6.1" : "flannel.1"
    case .bridge: return "cni0"
    default: return "eth0"
    }
  }

  /// Commands are there to be copied: a name from a foreign file must not say more than a device.
  private static func isOrdinary(_ name: String) -> Bool {
    !name.isEmpty && name.count <= 15
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// A command with the names of a node's own devices.
  func command(_ text: String, node: Int?, isIPv6: Bool) -> String {
    CatalogueEntry.named(
      text, vtep: device(.vtep, of: node, isIPv6: isIPv6), nic: device(.nic, of: node),
      bridge: device(.bridge, of: node))
  }
}
