import Packets
import Topology
import Trajectories

/// What packets show against what the cluster says: VTEP MACs and public addresses of flannel's annotations
/// (catalogue 6, 15, 16), pods outside of their node's network (30).
enum ClusterRule {
  static func apply(_ book: inout Casebook) {
    guard let cluster = book.surroundings.cluster else { return }
    for node in cluster.nodes {
      let index = book.table.nodes.firstIndex(of: node.name)
      let senders = index.flatMap { book.devices.senders[$0] } ?? []
      for address in Set(node.publicAddresses).union(senders).sorted() {
        compareMACs(of: node, at: address, &book)
      }
      compareAddresses(of: node, senders, &book)
      if !node.podNetworks.isEmpty { comparePods(of: node, in: cluster, &book) }
    }
  }

  /// The node sends with another MAC than it published: the others send to a station that is not there.
  private static func compareMACs(
    of node: Cluster.Node, at address: IPAddress, _ book: inout Casebook
  ) {
    guard !node.vtepMACs.isEmpty, let end = book.tunnels.ends[address] else { return }
    let published = node.vtepMACs.map(\.bits)
    // A frame that was cut before its addresses has none.
    let others = end.macs.filter { $0.value != 0 && !published.contains($0.value) }
    guard let other = others.first else { return }
    let mac = MACAddress(bits: other.value)
    book.report(
      book.finding(
        .vtepMACStale, confidence: .high, point: nil,
        direction: .init(source: nil, destination: book.node(ofEnd: address)), packets: 0,
        node: book.node(ofEnd: address), evidence: [other.example],
        summary: "\(node.name) sends VXLAN with MAC \(mac) and published"
          + " \(node.vtepMACs.map(\.description).joined(separator: " and "))"))
  }

  /// The node sends from another address than it published: the others send to that one.
  private static func compareAddresses(
    of node: Cluster.Node, _ senders: Set<IPAddress>, _ book: inout Casebook
  ) {
    for isIPv4 in [true, false] {
      let sent = senders.filter { $0.isIPv4 == isIPv4 }.sorted()
      let published = node.publicAddresses.filter { $0.isIPv4 == isIPv4 }
      guard let one = sent.first, let other = published.first,
        Set(sent).isDisjoint(with: published),
        !book.findings.contains(where: { $0.code == .vtepAddressWrong })
      else { continue }
      let index = book.table.nodes.firstIndex(of: node.name)
      book.report(
        book.finding(
          .vtepSourceDiffers, severity: .warning, confidence: .medium, point: nil,
          direction: .init(source: index, destination: nil), packets: 0, node: index,
          evidence: [book.devices.examples[one]].compactMap(\.self),
          summary: "\(node.name) sends VXLAN from \(one) and published \(other)"))
    }
  }

  private static func comparePods(
    of node: Cluster.Node, in cluster: Cluster, _ book: inout Casebook
  ) {
    let outside = cluster.nodeOfPod.filter { address, name in
      name == node.name && !node.podNetworks.contains { $0.contains(address) }
        && node.podNetworks.contains { $0.isIPv4 == address.isIPv4 }
    }.keys.sorted()
    guard let first = outside.first else { return }
    // A pod has an address of each family.
    let count = Set(outside.map { cluster.names[$0] ?? "\($0)" }).count
    let pods =
      count == 1 ? "a pod of \(node.name) has" : "\(count) pods of \(node.name) have"
    book.report(
      book.finding(
        .podAddressOutsideNode, confidence: .high, point: nil, direction: nil, packets: 0,
        node: book.table.nodes.firstIndex(of: node.name), evidence: [],
        summary: "\(pods) addresses outside of the node's pod network, \(first) for example"))
  }
}
