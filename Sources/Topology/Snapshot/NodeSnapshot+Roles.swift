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
    case .vxlan:
      return .vtep
    case .veth:
      // Virtual nodes have a veth for a network card: of no bridge, and named like a card.
      let isCard = link.master == nil && Topology.role(ofInterfaceNamed: name) == .nic
      return isCard ? .nic : .veth
    case .other(let kind):
      return Self.roles[kind]
    }
  }

  /// Whether encapsulated packets leave by this interface: a VXLAN device is set on it, or sends
  /// from its address.
  private func isUnderlay(_ link: NetworkLink) -> Bool {
    if case .vxlan = link.kind {
      return false
    }
    return vxlanDevices.contains { device in
      device.lowerName == link.name
        || addresses.contains { $0.interface == link.name && $0.address == device.local }
    }
  }

  private static let roles: [String: InterfaceRole] = [
    "bond": .nic, "team": .nic, "vlan": .nic, "macvlan": .nic, "ipvlan": .nic,
    "openvswitch": .bridge,
    "geneve": .vtep, "wireguard": .vtep, "ipip": .vtep, "sit": .vtep, "ip6tnl": .vtep,
    "gre": .vtep, "gretap": .vtep, "ip6gre": .vtep, "ip6gretap": .vtep,
  ]
}
