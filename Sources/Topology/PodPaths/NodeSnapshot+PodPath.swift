package import Packets

extension NodeSnapshot {
  /// Follows the tables as the kernel would, from the route to a pod's address to its veth or to the
  /// wire.
  ///
  /// For a pod on this node the namespaces that can be seen tell its veth, else its bridge's
  /// neighbours and forwarding database do, or the route to it (Calico).
  package func path(toPod address: IPAddress) -> PodPath {
    var path = PodPath(address: address)
    path.route = route(to: address)
    if let own = addresses.first(where: { $0.address == address }) {
      path.place = .node
      path.points = points(behind: own)
    } else if let inside = interfaceInside(havingAddress: address) {
      followInside(inside, &path)
    } else if let interface = path.route?.nextHops.first?.interface,
      let link = link(named: interface)
    {
      follow(link, &path)
    }
    path.problems = problems(on: path)
    return path
  }

  /// From the interface that has one of the node's own addresses to the wire.
  private func points(behind own: InterfaceAddress) -> [PathPoint] {
    guard let link = link(named: own.interface) else { return [] }
    let role = role(ofInterfaceNamed: link.name) ?? .unknown
    let others = role == .nic ? [] : tunnelsAndUnderlay(for: own.address)
    return [point(role, link)] + others.filter { $0.link != link }
  }

  /// The points of a pod that a namespace joined to this node has the address of.
  private func followInside(_ inside: PathPoint, _ path: inout PodPath) {
    path.place = .here
    path.points = [inside]
    if let pair = link(pairedWith: inside) {
      path.points.append(point(.veth, pair))
    }
    if let bridge = bridge(above: path.points.last?.link) {
      path.points.append(point(.bridge, bridge))
      findPort(on: bridge, &path)
    }
    path.points += tunnelsAndUnderlay(for: path.address)
  }

  /// The points behind the interface that the route names.
  private func follow(_ link: NetworkLink, _ path: inout PodPath) {
    switch role(ofInterfaceNamed: link.name) {
    case .bridge where path.route?.isOnLink == true:
      path.place = .here
      findPort(on: link, &path)
      let ports = path.forwardingEntries.compactMap { self.link(named: $0.interface) }
      path.points = ports.map { point(.veth, $0) } + [point(.bridge, link)]
      path.points += tunnelsAndUnderlay(for: path.address)
    case .veth where path.route?.isOnLink == true:
      path.place = .here
      path.points = [point(.veth, link)] + tunnelsAndUnderlay(for: path.address)
    case .vtep:
      path.place = .elsewhere
      followTunnel(link, &path)
    default:
      path.place = .elsewhere
      path.points = [point(.nic, link)]
      // A default route's gateway has the pod no more than any other address.
      guard let route = path.route, route.destination.length > 0 else { return }
      path.remote = route.nextHops.first?.gateway ?? path.address
      path.underlayRoute = route
    }
  }

  private func followTunnel(_ link: NetworkLink, _ path: inout PodPath) {
    let gateway = path.route?.nextHops.first?.gateway
    if case .vxlan(let device) = link.kind, !device.isExternal {
      path.neighbour = neighbour(gateway ?? path.address, on: link.name)
      path.forwardingEntries =
        path.neighbour?.mac.map { remoteEntries(of: $0, on: link.name) } ?? []
      path.remote = path.forwardingEntries.first?.remote
    } else if case .ipip = link.kind {
      path.remote = gateway
    }
    path.underlayRoute = path.remote.flatMap { route(to: $0) }
    let egress = path.underlayRoute?.nextHops.first?.interface.flatMap { self.link(named: $0) }
    path.points = [point(.vtep, link)]
    path.points += egress.map { [point(.nic, $0)] } ?? underlay(of: [link], for: path.address)
  }

  /// The neighbour entry of a pod here, and the bridge's port that its MAC address was learnt at.
  private func findPort(on bridge: NetworkLink, _ path: inout PodPath) {
    path.neighbour = neighbour(path.address, on: bridge.name)
    guard let mac = path.neighbour?.mac else { return }
    path.forwardingEntries = forwardingEntries.filter {
      $0.mac == mac && $0.remote == nil && $0.interface != bridge.name
        && ($0.master ?? link(named: $0.interface)?.master) == bridge.name
    }.uniqued(by: \.interface)
  }

  func point(_ role: InterfaceRole, _ link: NetworkLink) -> PathPoint {
    PathPoint(
      role: role, link: link, addresses: addresses.filter { $0.interface == link.name },
      namespace: nil)
  }
}

extension Route {
  /// Whether the destination is reached without a gateway.
  var isOnLink: Bool { nextHops.first?.gateway == nil }
}

extension Sequence {
  /// The first of all that are equal in one respect.
  func uniqued(by key: (Element) -> some Hashable) -> [Element] {
    var seen: Set<AnyHashable> = []
    return filter { seen.insert(AnyHashable(key($0))).inserted }
  }
}
