import Packets

extension PodPath {
  /// Adds what contradicts the tables of the node that has the pod: where its VTEP is, and what its
  /// MAC address is.
  ///
  /// `nodes` are those that are known, with their tables, by name.
  package mutating func compare(with nodes: [(name: String, tables: NodeSnapshot)]) {
    guard place == .elsewhere else { return }
    // A pod that is silent is in no table of its bridge: its network's route ends at its node even so.
    let paths = nodes.map { (node: $0, path: $0.tables.path(toPod: address)) }
    guard
      let home = (paths.first { $0.path.isSeen } ?? paths.first { $0.path.place == .here })?.node
    else { return }
    remoteNode = home.name
    if let remote, !home.tables.owns(remote) {
      let owner = nodes.first { $0.tables.owns(remote) }.map { ", which is \($0.name)'s" } ?? ""
      problems.append(
        PathProblem(
          .error, .remoteWrong,
          "the pod is on \(home.name), but its packets are sent to \(remote)\(owner)",
          advice: ["kubectl get node \(home.name) -o yaml | grep public-ip"]))
    }
    let vteps = home.tables.links.filter { home.tables.role(ofInterfaceNamed: $0.name) == .vtep }
    guard let vtep = point(.vtep)?.link, case .vxlan = vtep.kind, let mac = neighbour?.mac,
      let far = vteps.first(where: { $0.name == vtep.name }), far.mac != mac, far.mac != nil
    else { return }
    problems.append(
      PathProblem(
        .error, .vtepMACStale,
        "\(vtep.name) of \(home.name) is \(far.mac.map(\.description) ?? ""), but this node sends to \(mac): it is dropped there",
        advice: ["restart flanneld on \(home.name), then here"]))
  }
}
