import CLibnl
import Packets
import Topology

extension NetlinkSocket {
  /// The interfaces of the namespace. RTM_GETLINK.
  func links() throws(NetlinkError) -> [NetworkLink] {
    let links = try unsafe rows(of: "interfaces", Int32(RTM_GETLINK)) { object in
      unsafe NetworkLink(object).map { ($0, unsafe OtherInterfaces(object)) }
    }
    let names = Dictionary(links.map { ($0.0.index, $0.0.name) }) { first, _ in first }
    return links.map { $0.1.named(by: names, in: $0.0) }
  }
}

/// The numbers of the interfaces that one refers to. They get names when all are known.
private struct OtherInterfaces {
  private let master: UInt32
  private let lower: UInt32
  /// Number of the namespace that `lower` is in, if it is another one.
  private let lowerNamespace: Int32?
  private var vxlanLower: UInt32 = 0

  init(_ object: OpaquePointer) {
    master = UInt32(clamping: unsafe rtnl_link_get_master(object))
    lower = UInt32(clamping: unsafe rtnl_link_get_link(object))
    var namespace: Int32 = -1
    let isElsewhere = unsafe rtnl_link_get_link_netnsid(object, &namespace) == 0
    lowerNamespace = isElsewhere && namespace >= 0 ? namespace : nil
    if unsafe rtnl_link_is_vxlan(object) != 0 {
      _ = unsafe rtnl_link_vxlan_get_link(object, &vxlanLower)
    }
  }

  func named(by names: [UInt32: String], in link: NetworkLink) -> NetworkLink {
    var link = link
    link.master = names[master]
    link.lowerNamespace = lowerNamespace
    if lowerNamespace != nil {
      link.lowerIndex = lower
    } else if lower != link.index {
      link.lowerName = names[lower]
    }
    if case .vxlan(var device) = link.kind {
      device.lowerName = names[vxlanLower]
      link.kind = .vxlan(device)
    }
    return link
  }
}

extension NetworkLink {
  /// What one interface tells of itself; others are referred to by numbers that are resolved later.
  fileprivate init?(_ object: OpaquePointer) {
    guard let name = unsafe rtnl_link_get_name(object) else { return nil }
    self.init(
      index: UInt32(clamping: unsafe rtnl_link_get_ifindex(object)),
      name: unsafe String(cString: name).printable,
      mac: nil,
      mtu: unsafe rtnl_link_get_mtu(object),
      kind: unsafe Kind(object),
      operationalState: Self.states[Int(unsafe rtnl_link_get_operstate(object))]
    )
    // Other kinds have addresses of six bytes too, which are none of Ethernet's.
    if unsafe rtnl_link_get_arptype(object) == Self.ethernet {
      mac = unsafe MACAddress(rtnl_link_get_addr(object))
    }
  }

  /// RFC 2863's states as the kernel numbers them (linux/if.h, IF_OPER_…) and iproute2 writes them.
  private static let states = [
    0: "UNKNOWN", 1: "NOTPRESENT", 2: "DOWN", 3: "LOWERLAYERDOWN", 4: "TESTING", 5: "DORMANT",
    6: "UP",
  ]

  /// ARPHRD_ETHER and ARPHRD_LOOPBACK of linux/if_arp.h.
  private static let ethernet: UInt32 = 1
  fileprivate static let loopback: UInt32 = 772
}

extension NetworkLink.Kind {
  fileprivate init(_ object: OpaquePointer) {
    if unsafe rtnl_link_get_arptype(object) == NetworkLink.loopback {
      self = .loopback
      return
    }
    switch unsafe rtnl_link_get_type(object).map({ unsafe String(cString: $0) }) {
    case nil: self = .physical
    case "veth": self = .veth
    case "bridge": self = .bridge
    case "vxlan": self = .vxlan(unsafe VXLANDevice(object))
    case "ipip" where unsafe rtnl_link_is_ipip(object) != 0:
      let local = unsafe IPAddress(v4: UInt32(bigEndian: rtnl_link_ipip_get_local(object)))
      self = .ipip(local: local == IPAddress(v4: 0) ? nil : local)
    case let kind?: self = .other(kind.printable)
    }
  }
}

extension VXLANDevice {
  fileprivate init(_ object: OpaquePointer) {
    self.init()
    guard unsafe rtnl_link_is_vxlan(object) != 0 else { return }
    var number: UInt32 = 0
    if unsafe rtnl_link_vxlan_get_id(object, &number) == 0 { vni = number }
    if unsafe rtnl_link_vxlan_get_port(object, &number) == 0 { port = UInt16(clamping: number) }
    var address: OpaquePointer?
    if unsafe rtnl_link_vxlan_get_local(object, &address) == 0 {
      local = unsafe IPAddress(address)
      unsafe nl_addr_put(address)
    }
    isExternal = unsafe rtnl_link_vxlan_get_collect_metadata(object) > 0
  }
}
