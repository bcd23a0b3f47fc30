import Packets
import Topology
import Trajectories

/// What packets show against what the cluster says: VTEP MACs and public addresses of flannel's annotations
/// (catalogue 6, 15, 16), pods outside of their node's network (30); and what the cluster says against itself.
enum ClusterRule {
  static func apply(_ book: inout Casebook) {
    guard let cluster = book.surroundings.cluster else { return }
    let podsByEnd = book.tunnels.podsByEnd()
    for node in cluster.nodes {
      var pods: Set<IPAddress> = []
      for isIPv4 in [true, false] {
        let senders = senders(of: node, isIPv4: isIPv4, in: cluster, book)
        for address in senders {
          compareMACs(of: node, at: address, &book)
          pods.formUnion(podsByEnd[address] ?? [])
        }
        compareAddresses(of: node, senders, isIPv4: isIPv4, &book)
      }
      // Only flannel gives pods their addresses out of the node's network: Calico has networks of its own.
      if !node.podNetworks.isEmpty && node.hasFlannel {
        comparePods(of: node, sending: pods, in: cluster, &book)
      }
    }
    compareNodes(of: cluster, &book)
  }

  /// Addresses and networks that only one node can have. A node may have been there before under another name.
  private static func compareNodes(of cluster: Cluster, _ book: inout Casebook) {
    let nodes = cluster.nodes.filter(\.hasFlannel)
    var publishers: [IPAddress: [String]] = [:]
    for node in nodes {
      for address in node.publicAddresses { publishers[address, default: []].append(node.name) }
    }
    for (address, names) in publishers.sorted(by: { $0.key < $1.key }) where names.count > 1 {
      book.report(
        book.finding(
          .vtepAddressWrong, severity: .warning, confidence: .medium, point: nil, direction: nil,
          packets: 0, evidence: [],
          summary:
            "\(list(names.sorted())) published one address for VXLAN, \(address): the others reach one"
            + " of them at most"))
    }
    compareNetworks(of: nodes, &book)
  }

  private static func compareNetworks(of nodes: [Cluster.Node], _ book: inout Casebook) {
    let networks = nodes.flatMap { node in node.podNetworks.map { (network: $0, node: node.name) } }
      .sorted { ($0.network.address, $0.network.length) < ($1.network.address, $1.network.length) }
    // Networks lie in each other or apart: what overlaps with the largest follows it.
    var rest = networks[...]
    while let largest = rest.popFirst() {
      let inside = rest.prefix { largest.network.contains($0.network.address) }
      rest = rest.dropFirst(inside.count)
      let others = inside.filter { $0.node != largest.node }
      if others.isEmpty { continue }
      let places = Set(others.map(\.network.address)).sorted().map(\.description)
      book.report(
        book.finding(
          .podAddressDuplicate, severity: .warning, confidence: .medium, point: nil, direction: nil,
          packets: 0, evidence: [],
          summary: "\(list(Set(others.map(\.node) + [largest.node]).sorted())) have pod networks"
            + " that overlap, at \(list(places))"))
    }
  }

  /// `n1, n2 and n3`
  private static func list(_ names: [String]) -> String {
    let most = names.dropLast().joined(separator: ", ")
    return most + (most.isEmpty ? "" : " and ") + (names.last ?? "")
  }

  /// Addresses that the node sends VXLAN from: as it was seen to, or else its own ones among those that were.
  private static func senders(
    of node: Cluster.Node, isIPv4: Bool, in cluster: Cluster, _ book: Casebook
  ) -> [IPAddress] {
    let index = book.table.nodes.firstIndex(of: node.name)
    let seen = (index.flatMap { book.devices.senders[$0] } ?? []).filter { $0.isIPv4 == isIPv4 }
    if !seen.isEmpty { return seen.sorted() }
    let others = cluster.nodes.filter { $0.name != node.name }
    let own = node.addresses.filter { address in
      !others.contains { $0.addresses.contains(address) }
    }
    // Nodes may have published one address, or a wrong one that is another's.
    let published = node.publicAddresses.filter { address in
      !others.contains { ($0.addresses + $0.publicAddresses).contains(address) }
    }
    return Set(own + published)
      .filter { $0.isIPv4 == isIPv4 && book.tunnels.ends[$0] != nil }.sorted()
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
    of node: Cluster.Node, _ senders: [IPAddress], isIPv4: Bool, _ book: inout Casebook
  ) {
    let index = book.table.nodes.firstIndex(of: node.name)
    let published = node.publicAddresses.filter {
      $0.isIPv4 == isIPv4 && !node.translatedAddresses.contains($0)
    }
    guard let one = senders.first, let other = published.first,
      Set(senders).isDisjoint(with: published), !isToldWrong(index, book)
    else { return }
    book.report(
      book.finding(
        .vtepSourceDiffers, severity: .warning, confidence: .medium, point: nil,
        direction: .init(source: index, destination: nil), packets: 0, node: index,
        evidence: [book.tunnels.ends[one]?.points.first?.example].compactMap(\.self),
        summary: "\(node.name) sends VXLAN from \(one) and published \(other)"))
  }

  /// Whether lost packets have told that a node is sent to where it is not.
  private static func isToldWrong(_ node: Int?, _ book: Casebook) -> Bool {
    node != nil
      && book.findings.contains {
        $0.code == .vtepAddressWrong && $0.direction?.destination == node
      }
  }

  /// `pods` are addresses that were seen to send from the node.
  private static func comparePods(
    of node: Cluster.Node, sending pods: Set<IPAddress>, in cluster: Cluster,
    _ book: inout Casebook
  ) {
    func isOutside(_ address: IPAddress) -> Bool {
      !node.podNetworks.contains { $0.contains(address) }
        && node.podNetworks.contains { $0.isIPv4 == address.isIPv4 }
    }
    let listed = cluster.nodeOfPod.filter { $0.value == node.name && isOutside($0.key) }.keys
    // Whatever else is sent through a tunnel, an address of another node's network is a pod's.
    let seen = pods.filter { address in
      isOutside(address)
        && cluster.nodes.contains { other in
          other.hasFlannel && other.podNetworks.contains { $0.contains(address) }
        }
    }
    let outside = seen.union(listed).sorted()
    guard let first = outside.first else { return }
    // A pod has an address of each family.
    let count = Set(outside.map { cluster.names[$0] ?? "\($0)" }).count
    let pods =
      count == 1 ? "a pod of \(node.name) has" : "\(count) pods of \(node.name) have"
    book.report(
      book.finding(
        .podAddressOutsideNode, confidence: .high, point: nil, direction: nil, packets: 0,
        node: book.table.nodes.firstIndex(of: node.name), evidence: frames(of: outside, book),
        summary: "\(pods) addresses outside of the node's pod network, \(first) for example"))
  }

  /// Frames from pods, where they were sent through a tunnel, and such as were lost on the way from or to them.
  private static func frames(of pods: [IPAddress], _ book: Casebook) -> [FrameReference] {
    let sent = pods.compactMap { book.tunnels.example(ofPod: $0) }
    let lost = book.losses.filter {
      pods.contains($0.key.source) || pods.contains($0.key.destination)
    }
    return sent + lost.flatMap { $0.examples.prefix(1) }
  }
}
