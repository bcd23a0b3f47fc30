import Packets

extension NodeSnapshot {
  /// The role of an interface by its kind and by what leads over it; nil if the tables do not know
  /// the interface or its kind says nothing of its role.
  package func role(ofInterfaceNamed name: String) -> InterfaceRole? {
    guard let link = link(named: name) else { return nil }
    if isUnderlay(link) {
      return .nic
    }
    switch link.kind {
    case .loopback, .unknown:
      return nil
    case .physical:
      return .nic
    case .bridge:
      return .bridge
    case .vxlan, .ipip:
      return .vtep
    case .veth:
      // Virtual nodes have a veth for a network card: of no bridge, and named like a card.
      let isCard = link.master == nil && Topology.role(ofInterfaceNamed: name) == .nic
      return isCard ? .nic : .veth
    case .other(let kind):
      return Self.roles[kind]
    }
  }

  /// Whether encapsulated packets leave by this interface: a tunnel's device is set on it, or sends
  /// from its address.
  private func isUnderlay(_ link: NetworkLink) -> Bool {
    guard !link.isTunnel else { return false }
    return links.contains { (tunnel: NetworkLink) -> Bool in
      switch tunnel.kind {
      case .vxlan(let device): device.lowerName == link.name || owns(device.local, on: link)
      case .ipip(let local): owns(local, on: link)
      default: false
      }
    }
  }

  private func owns(_ address: IPAddress?, on link: NetworkLink) -> Bool {
    guard let address else { return false }
    return addresses.contains { $0.interface == link.name && $0.address == address }
  }

  private static let roles: [String: InterfaceRole] = [
    "bond": .nic, "team": .nic, "vlan": .nic, "macvlan": .nic, "ipvlan": .nic,
    "openvswitch": .bridge,
    "geneve": .vtep, "wireguard": .vtep, "sit": .vtep, "ip6tnl": .vtep,
    "gre": .vtep, "gretap": .vtep, "ip6gre": .vtep, "ip6gretap": .vtep,
  ]
}

extension NetworkLink {
  fileprivate var isTunnel: Bool {
    switch kind {
    case .vxlan, .ipip: true
    default: false
    }
  }
}
