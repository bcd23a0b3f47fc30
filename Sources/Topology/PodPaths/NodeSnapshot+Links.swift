package import Packets

extension NodeSnapshot {
  /// The interface of a joined namespace that has an address.
  func interfaceInside(havingAddress address: IPAddress) -> PathPoint? {
    for namespace in namespaces {
      guard let own = namespace.tables.addresses.first(where: { $0.address == address }),
        let link = namespace.tables.link(named: own.interface), link.lowerNamespace != nil
      else { continue }
      return PathPoint(
        role: .pod, link: link,
        addresses: namespace.tables.addresses.filter { $0.interface == link.name },
        namespace: namespace)
    }
    return nil
  }

  /// The node's end of a pair whose other end is inside of a namespace.
  func link(pairedWith inside: PathPoint) -> NetworkLink? {
    links.first {
      $0.kind == .veth && $0.lowerIndex == inside.link.index
        && $0.lowerNamespace == inside.namespace?.number
    }
  }

  /// The bridge that a veth belongs to.
  func bridge(above veth: NetworkLink?) -> NetworkLink? {
    guard let name = veth?.master, let master = link(named: name), master.kind == .bridge else {
      return nil
    }
    return master
  }

  /// Where a VXLAN device sends frames to a MAC address: what the forwarding database says of it,
  /// else of all that is unknown (the entry of zeros).
  func remoteEntries(of mac: MACAddress, on interface: String) -> [ForwardingEntry] {
    let entries = forwardingEntries.filter { $0.interface == interface && $0.remote != nil }
    let known = entries.filter { $0.mac == mac }
    return (known.isEmpty ? entries.filter { $0.mac == MACAddress(bits: 0) } : known)
      .uniqued(by: \.remote)
  }

  /// The VTEPs that lead to other nodes' pods of an address' family, and the NICs below.
  func tunnelsAndUnderlay(for address: IPAddress) -> [PathPoint] {
    let tunnels = tunnels(for: address)
    return tunnels.map { point(.vtep, $0) } + underlay(of: tunnels, for: address)
  }

  /// Those that routes lead over, else those that have an address of the family.
  private func tunnels(for address: IPAddress) -> [NetworkLink] {
    let vteps = links.filter { role(ofInterfaceNamed: $0.name) == .vtep }
    let routed = vteps.filter { vtep in
      usualRoutes(for: address).contains { $0.nextHops.contains { $0.interface == vtep.name } }
    }
    guard routed.isEmpty else { return routed }
    return vteps.filter { vtep in
      addresses.contains {
        $0.interface == vtep.name && $0.address.isIPv4 == address.isIPv4 && !$0.address.isLinkLocal
      }
    }
  }

  /// The NICs that tunnels' packets leave by; without tunnels those that lead to gateways.
  func underlay(of tunnels: [NetworkLink], for address: IPAddress) -> [PathPoint] {
    var names = tunnels.flatMap { tunnel -> [String] in
      switch tunnel.kind {
      case .vxlan(let device):
        return device.lowerName.map { [$0] } ?? interfaces(havingAddress: device.local)
      case .ipip(let local):
        return interfaces(havingAddress: local)
      default:
        return []
      }
    }
    if names.isEmpty {
      let hops = usualRoutes(for: address).flatMap(\.nextHops)
      names = hops.filter { $0.gateway != nil }.compactMap(\.interface).filter {
        role(ofInterfaceNamed: $0) == .nic
      }
    }
    return names.uniqued(by: \.self).compactMap { link(named: $0) }.map { point(.nic, $0) }
  }

  private func interfaces(havingAddress address: IPAddress?) -> [String] {
    addresses.filter { $0.address == address }.map(\.interface)
  }

  /// The main table's routes of an address' family, without those that every interface has.
  private func usualRoutes(for address: IPAddress) -> [Route] {
    routes.filter {
      $0.type == "unicast" && $0.table == nil && $0.destination.isIPv4 == address.isIPv4
        && !$0.destination.address.isLinkLocal
    }
  }
}

extension IPAddress {
  /// 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291, section 2.5.6).
  package var isLinkLocal: Bool {
    isIPv4 ? v4Bits >> 16 == 0xa9fe : high >> 54 == 0x3fa
  }
}
