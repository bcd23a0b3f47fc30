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
    guard let vtep = point(.vtep)?.link, case .vxlan(let device) = vtep.kind,
      let far = farVTEP(of: vtep, in: home.tables), case .vxlan(let farDevice) = far.kind
    else { return }
    compareHeaders(device, farDevice, far.name, of: home.name)
    guard let mac = neighbour?.mac, far.mac != mac, far.mac != nil else { return }
    problems.append(
      PathProblem(
        .error, .vtepMACStale,
        "\(vtep.name) of \(home.name) is \(far.mac.map(\.description) ?? ""), but this node sends to \(mac): it is dropped there",
        advice: ["restart flanneld on \(home.name), then here"]))
  }

  /// The device that is to take the packets out of the tunnel: of the same name, or else the one at the address
  /// that they are sent to, as the device of another VNI is named otherwise.
  private func farVTEP(of vtep: NetworkLink, in tables: NodeSnapshot) -> NetworkLink? {
    let vteps = tables.links.filter { tables.role(ofInterfaceNamed: $0.name) == .vtep }
    return vteps.first { $0.name == vtep.name }
      ?? vteps.first { link in
        if case .vxlan(let device) = link.kind {
          device.local != nil && device.local == remote
        } else {
          false
        }
      }
  }

  /// RFC 7348, section 4.1: the receiver looks the VNI up; section 5: the port is the same for all.
  private mutating func compareHeaders(
    _ device: VXLANDevice, _ far: VXLANDevice, _ name: String, of node: String
  ) {
    guard !device.isExternal && !far.isExternal else { return }
    if let own = device.vni, let other = far.vni, own != other {
      problems.append(
        PathProblem(
          .error, .vniMismatch,
          "\(name) of \(node) takes VNI \(other), but this node sends VNI \(own)",
          advice: ["ip -d link show type vxlan"]))
    }
    if let own = device.port, let other = far.port, own != other {
      problems.append(
        PathProblem(
          .error, .portMismatch,
          "\(name) of \(node) listens on UDP port \(other), but this node sends to \(own)",
          advice: ["ip -d link show type vxlan"]))
    }
  }
}
