import Packets

/// Contradictions on the way to a pod on another node.
extension NodeSnapshot {
  /// Of the route itself, wherever the pod is.
  func routeProblems(_ path: PodPath) -> [PathProblem] {
    guard let route = path.route else {
      return [
        PathProblem(
          .error, .routeMissing, "no route leads to \(path.address)",
          advice: ["ip route get \(path.address)", "restart flanneld: it sets routes only then"])
      ]
    }
    if route.refusesPackets {
      return [
        PathProblem(
          .error, .routeRefuses, "the route to \(route.destination) is of type \(route.type)",
          advice: ["ip route get \(path.address)"])
      ]
    }
    guard route.destination.length == 0, path.place == .elsewhere else { return [] }
    let hasTunnel = !tunnelsAndUnderlay(for: path.address).filter { $0.role == .vtep }.isEmpty
    let interface = route.nextHops.first?.interface ?? "?"
    return [
      PathProblem(
        hasTunnel ? .error : .warning, .routeMissing,
        "only the default route leads to \(path.address): its packets leave \(interface) as they are",
        advice: ["ip route get \(path.address)"]
          + (hasTunnel ? ["restart flanneld: it sets routes only then"] : []))
    ]
  }

  /// Of the VXLAN device's tables. RFC 7348, section 4: the inner destination MAC address decides
  /// where a frame is sent.
  func tunnelProblems(_ path: PodPath) -> [PathProblem] {
    guard let vtep = path.point(.vtep)?.link, case .vxlan(let device) = vtep.kind,
      !device.isExternal, path.place == .elsewhere
    else { return [] }
    let gateway = path.route?.nextHops.first?.gateway ?? path.address
    guard let mac = path.neighbour?.mac else {
      // Asked for by ARP, which goes nowhere without an entry for all that is unknown.
      let floods = !remoteEntries(of: MACAddress(bits: 0), on: vtep.name).isEmpty
      return floods ? [] : [missingNeighbour(gateway, on: vtep.name, path.neighbour)]
    }
    var problems: [PathProblem] = []
    if mac == vtep.mac {
      problems.append(
        PathProblem(
          .error, .macOwn, "\(gateway) has the MAC address of this node's own \(vtep.name), \(mac)",
          advice: ["ip neigh show dev \(vtep.name)"]))
    }
    let sharing = gateways(over: vtep.name).filter {
      $0 != gateway && neighbour($0, on: vtep.name)?.mac == mac
    }
    if !sharing.isEmpty {
      problems.append(
        PathProblem(
          .error, .macShared,
          "\(Self.list([gateway] + sharing)) have one MAC address, \(mac), on \(vtep.name)",
          advice: ["ip neigh show dev \(vtep.name)"]))
    }
    return problems + forwardingProblems(path, mac: mac, vtep: vtep, gateway: gateway)
  }

  private func missingNeighbour(
    _ gateway: IPAddress, on interface: String, _ known: Neighbour?
  ) -> PathProblem {
    let states = known.map { " (\($0.states.joined(separator: ", ")))" } ?? ""
    return PathProblem(
      .error, .neighbourMissing,
      "no MAC address is known for \(gateway) on \(interface)\(states): its packets are not sent",
      advice: ["ip neigh show dev \(interface)", "restart flanneld: it sets neighbours only then"])
  }

  private func forwardingProblems(
    _ path: PodPath, mac: MACAddress, vtep: NetworkLink, gateway: IPAddress
  ) -> [PathProblem] {
    let advice = ["bridge fdb show dev \(vtep.name) | grep \(mac)"]
    let remotes = path.forwardingEntries.compactMap(\.remote)
    guard let remote = remotes.first else {
      return [
        PathProblem(
          .error, .fdbMissing,
          "no FDB entry for \(mac), the MAC address of \(gateway), on \(vtep.name): frames to it are dropped",
          advice: advice + ["restart flanneld: it sets FDB entries only then"])
      ]
    }
    var problems: [PathProblem] = []
    if remotes.count > 1 {
      problems.append(
        PathProblem(
          .error, .fdbAmbiguous,
          "\(mac) on \(vtep.name) leads to \(remotes.count) nodes: \(Self.list(remotes))",
          advice: advice))
    }
    if owns(remote) {
      problems.append(
        PathProblem(
          .error, .remoteOwn, "\(remote), where \(mac) leads to, is this node's own address",
          advice: advice + ["kubectl get nodes -o yaml | grep public-ip"]))
    }
    let sharing = gateways(over: vtep.name).filter { other in
      guard other != gateway, let otherMAC = neighbour(other, on: vtep.name)?.mac, otherMAC != mac
      else { return false }
      return remoteEntries(of: otherMAC, on: vtep.name).first?.remote == remote
    }
    if !sharing.isEmpty {
      problems.append(
        PathProblem(
          .error, .remoteShared,
          "the networks behind \(Self.list([gateway] + sharing)) lead to one node, \(remote)",
          advice: [
            "bridge fdb show dev \(vtep.name)", "kubectl get nodes -o yaml | grep public-ip",
          ]))
    }
    return problems
  }

  /// Of the way to the other node's own address.
  func underlayProblems(_ path: PodPath) -> [PathProblem] {
    guard let remote = path.remote, !owns(remote) else { return [] }
    let advice = ["ip route get \(remote)"]
    guard let route = path.underlayRoute, !route.refusesPackets, let hop = route.nextHops.first,
      let interface = hop.interface
    else {
      return [
        PathProblem(
          .error, .remoteUnreachable, "no route leads to the node at \(remote)", advice: advice)
      ]
    }
    if let vtep = path.point(.vtep)?.link.name, interface == vtep {
      return [
        PathProblem(
          .error, .remoteUnreachable,
          "the route to the node at \(remote) leads over \(vtep), into the tunnel itself",
          advice: advice)
      ]
    }
    let neighbour = hop.gateway ?? remote
    guard self.neighbour(neighbour, on: interface)?.states.contains("FAILED") == true else {
      return []
    }
    return [
      PathProblem(
        .error, .remoteSilent,
        "\(neighbour), on the way to the node at \(remote), does not answer on \(interface)",
        advice: ["ping -c 1 \(neighbour)", "kubectl get nodes -o yaml | grep public-ip"])
    ]
  }

  /// The gateways of the routes over an interface, in their order, each once.
  private func gateways(over interface: String) -> [IPAddress] {
    routes.flatMap(\.nextHops).filter { $0.interface == interface }.compactMap(\.gateway)
      .uniqued(by: \.self)
  }

  private static func list(_ addresses: [IPAddress]) -> String {
    addresses.map(\.description).joined(separator: ", ")
  }
}

extension Route {
  /// `blackhole`, `unreachable`, `prohibit`.
  var refusesPackets: Bool { ["blackhole", "unreachable", "prohibit", "throw"].contains(type) }
}

extension AddressPrefix: CustomStringConvertible {
  package var description: String { "\(address)/\(length)" }
}
