import Packets

/// Contradictions on the way to a pod on this node.
extension NodeSnapshot {
  func localProblems(_ path: PodPath) -> [PathProblem] {
    guard path.place == .here else { return [] }
    guard let inside = path.point(.pod) else { return unseenProblems(path) }
    return twinProblems(path) + routeProblems(path, inside: inside)
      + neighbourProblems(path, inside: inside)
  }

  /// Of a pod that only its bridge tells of.
  private func unseenProblems(_ path: PodPath) -> [PathProblem] {
    guard let bridge = path.point(.bridge)?.link else { return [] }
    let advice =
      ["ping -c 1 \(path.address), then again"]
      + (namespaces.isEmpty ? ["with the right to enter the pods' namespaces (CAP_SYS_ADMIN)"] : [])
    let ports = path.forwardingEntries.map(\.interface)
    guard let mac = path.neighbour?.mac else {
      let hasFailed = path.neighbour?.states.contains("FAILED") == true
      return [
        PathProblem(
          hasFailed ? .error : .warning, .podUnseen,
          hasFailed
            ? "\(path.address) does not answer on \(bridge.name): no pod has the address"
            : "\(path.address) is no neighbour on \(bridge.name): no pod has the address, or it has been silent",
          advice: advice)
      ]
    }
    if ports.isEmpty {
      return [
        PathProblem(
          .warning, .podUnseen,
          "\(bridge.name) does not know the port of \(mac), the MAC address of \(path.address)",
          advice: advice)
      ]
    }
    guard ports.count > 1 else { return [] }
    return [
      PathProblem(
        .error, .fdbAmbiguous,
        "\(mac) is at \(ports.count) ports of \(bridge.name): \(ports.joined(separator: ", "))",
        advice: ["bridge fdb show br \(bridge.name) | grep \(mac)"])
    ]
  }

  private func twinProblems(_ path: PodPath) -> [PathProblem] {
    let owners = namespaces.filter { $0.tables.owns(path.address) }
    guard owners.count > 1 else { return [] }
    let names = owners.map { $0.path ?? "number \($0.number)" }.joined(separator: ", ")
    return [
      PathProblem(
        .error, .podTwice, "\(owners.count) network namespaces have \(path.address): \(names)",
        advice: ["ls /var/lib/cni/networks/*/\(path.address)"])
    ]
  }

  /// Whether the route to the pod leads to its veth, or to the bridge that the veth belongs to.
  private func routeProblems(_ path: PodPath, inside: PathPoint) -> [PathProblem] {
    guard let veth = path.point(.veth)?.link, let route = path.route, !route.refusesPackets else {
      return []
    }
    let interface = route.nextHops.first?.interface ?? "no interface"
    guard interface != veth.name, interface != veth.master else { return [] }
    if veth.master == nil, link(named: interface)?.kind == .bridge {
      return [
        PathProblem(
          .error, .vethDetached,
          "\(veth.name), the pod's veth, is no port of \(interface), where the route leads",
          advice: ["ip link set \(veth.name) master \(interface)"])
      ]
    }
    return [
      PathProblem(
        .error, .routeElsewhere,
        "the pod is behind \(veth.name), but the route to \(path.address) leads over \(interface)",
        advice: ["ip route get \(path.address)"])
    ]
  }

  /// Whether the bridge's tables lead to the pod's own interface.
  private func neighbourProblems(_ path: PodPath, inside: PathPoint) -> [PathProblem] {
    guard let bridge = path.point(.bridge)?.link, let veth = path.point(.veth)?.link,
      let mac = path.neighbour?.mac, let own = inside.link.mac
    else { return [] }
    if mac != own {
      return [
        PathProblem(
          .error, .neighbourWrong,
          "\(path.address) is \(own), but \(bridge.name) takes it for \(mac)",
          advice: ["ip neigh del \(path.address) dev \(bridge.name)"])
      ]
    }
    let others = path.forwardingEntries.map(\.interface).filter { $0 != veth.name }
    guard !others.isEmpty else { return [] }
    return [
      PathProblem(
        .error, .fdbWrong,
        "\(mac) is behind \(veth.name), but \(bridge.name) sends it to \(others.joined(separator: ", "))",
        advice: ["bridge fdb show br \(bridge.name) | grep \(mac)"])
    ]
  }
}
