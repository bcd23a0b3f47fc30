import CLibnl
import Packets
import Topology

extension NetlinkSocket {
  /// RTM_GETADDR. `names` are those of the interfaces by their numbers, here and below.
  func addresses(_ names: [UInt32: String]) throws(NetlinkError) -> [InterfaceAddress] {
    try unsafe rows(of: "addresses", Int32(RTM_GETADDR)) { object in
      guard let interface = names[UInt32(clamping: unsafe rtnl_addr_get_ifindex(object))],
        let address = unsafe IPAddress(rtnl_addr_get_local(object))
      else { return nil }
      return InterfaceAddress(
        interface: interface, address: address,
        prefixLength: Int(unsafe rtnl_addr_get_prefixlen(object)))
    }
  }

  /// RTM_GETNEIGH.
  func neighbours(_ names: [UInt32: String]) throws(NetlinkError) -> [Neighbour] {
    try unsafe rows(of: "neighbours", Int32(RTM_GETNEIGH)) { object in
      guard let interface = names[UInt32(clamping: unsafe rtnl_neigh_get_ifindex(object))],
        let address = unsafe IPAddress(rtnl_neigh_get_dst(object)),
        let states = Self.states(unsafe rtnl_neigh_get_state(object))
      else { return nil }
      return Neighbour(
        interface: interface, address: address,
        mac: unsafe MACAddress(rtnl_neigh_get_lladdr(object)),
        states: states)
    }
  }

  /// The forwarding databases of bridges and VXLAN devices. RTM_GETNEIGH of the bridge family.
  func forwardingEntries(_ names: [UInt32: String]) throws(NetlinkError) -> [ForwardingEntry] {
    try unsafe rows(of: "forwarding databases", Int32(RTM_GETNEIGH), family: AF_BRIDGE) { object in
      guard let interface = names[UInt32(clamping: unsafe rtnl_neigh_get_ifindex(object))],
        let mac = unsafe MACAddress(rtnl_neigh_get_lladdr(object))
      else { return nil }
      return ForwardingEntry(
        interface: interface, mac: mac, remote: unsafe IPAddress(rtnl_neigh_get_dst(object)),
        master: names[UInt32(clamping: unsafe rtnl_neigh_get_master(object))])
    }
  }

  /// The states of linux/neighbour.h, NUD_…, in iproute2's words. Nil for what it does not list
  /// either: entries that need no resolution, such as those of multicast.
  private static func states(_ bits: Int32) -> [String]? {
    let names = [
      "INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", nil, "PERMANENT",
    ]
    let states = names.enumerated().compactMap { bits & 1 << $0.offset == 0 ? nil : $0.element }
    return states.isEmpty ? nil : states
  }

  /// RTM_GETROUTE, of all tables.
  func routes(_ names: [UInt32: String]) throws(NetlinkError) -> [Route] {
    try unsafe rows(of: "routes", Int32(RTM_GETROUTE)) { object in
      let family = Int32(unsafe rtnl_route_get_family(object))
      guard family == AF_INET || family == AF_INET6,
        let destination = unsafe AddressPrefix(rtnl_route_get_dst(object), family: family)
      else { return nil }
      return Route(
        destination: destination,
        nextHops: unsafe Self.nextHops(of: object, names),
        type: Self.typeName(unsafe rtnl_route_get_type(object)),
        table: Self.tableName(unsafe rtnl_route_get_table(object)),
        metric: unsafe rtnl_route_get_priority(object))
    }
  }

  private static func nextHops(of route: OpaquePointer, _ names: [UInt32: String]) -> [Route
    .NextHop]
  {
    (0..<max(0, unsafe rtnl_route_get_nnexthops(route))).compactMap { number in
      guard let hop = unsafe rtnl_route_nexthop_n(route, number) else { return nil }
      let interface = names[UInt32(clamping: unsafe rtnl_route_nh_get_ifindex(hop))]
      let gateway =
        unsafe IPAddress(rtnl_route_nh_get_gateway(hop))
        ?? IPAddress(rtnl_route_nh_get_via(hop))
      return interface == nil && gateway == nil
        ? nil : Route.NextHop(interface: interface, gateway: gateway)
    }
  }

  /// RTN_… in iproute2's words.
  private static func typeName(_ type: UInt8) -> String {
    var text = [CChar](repeating: 0, count: 32)
    guard let name = unsafe nl_rtntype2str(Int32(type), &text, text.count) else { return "\(type)" }
    return unsafe String(cString: name)
  }

  /// Nil for the main table, as iproute2 leaves it out.
  private static func tableName(_ table: UInt32) -> String? {
    switch table {
    case UInt32(RT_TABLE_MAIN.rawValue): nil
    case UInt32(RT_TABLE_LOCAL.rawValue): "local"
    case UInt32(RT_TABLE_DEFAULT.rawValue): "default"
    default: String(table)
    }
  }
}
