package import Packets

/// A node's interfaces, addresses, neighbours, forwarding database and routes at one time.
package struct NodeSnapshot: Sendable, Equatable {
  /// The node's name, if the file that the tables are from says it.
  package var nodeName: String?
  /// Whether an empty table means that the node's is empty, and not that it was not read.
  package internal(set) var isWhole = false
  /// Tables without a row that were read: nothing in them says which ones they are.
  var emptyTables = 0
  package internal(set) var links: [NetworkLink] = []
  package private(set) var addresses: [InterfaceAddress] = []
  package private(set) var neighbours: [Neighbour] = []
  package private(set) var forwardingEntries: [ForwardingEntry] = []
  package internal(set) var routes: [Route] = []
  /// The network namespaces that interfaces of the node lead into, where they can be seen.
  package var namespaces: [JoinedNamespace] = []

  package init() {}

  /// All of a node's tables.
  package init(
    links: [NetworkLink], addresses: [InterfaceAddress], neighbours: [Neighbour],
    forwardingEntries: [ForwardingEntry], routes: [Route]
  ) {
    isWhole = true
    self.links = links
    self.addresses = addresses
    self.neighbours = neighbours
    self.forwardingEntries = forwardingEntries
    self.routes = routes
  }

  package func link(named name: String) -> NetworkLink? {
    links.first { $0.name == name }
  }

  package func interfaceName(ofIndex index: UInt32) -> String? {
    links.first { $0.index == index }?.name
  }

  /// Whether an address is the node's own.
  package func owns(_ address: IPAddress) -> Bool {
    addresses.contains { $0.address == address }
  }

  /// Addresses that the node's VXLAN devices send from.
  package var tunnelAddresses: [IPAddress] {
    vxlanDevices.compactMap(\.local)
  }

  package var vxlanDevices: [VXLANDevice] {
    links.compactMap {
      if case .vxlan(let device) = $0.kind { device } else { nil }
    }
  }

  /// The route to an address: the longest prefix, then the lowest metric. Tables that only policy
  /// rules lead to are left out: the rules are not known.
  package func route(to address: IPAddress) -> Route? {
    routes.filter { route in
      route.destination.contains(address)
        && route.table.map { ["main", "local"].contains($0) } ?? true
    }.max {
      ($0.destination.length, $1.metric) < ($1.destination.length, $0.metric)
    }
  }

  /// What is known of a neighbour; the table read last counts.
  package func neighbour(_ address: IPAddress, on interface: String) -> Neighbour? {
    neighbours.last { $0.address == address && $0.interface == interface }
  }

  mutating func insert(_ row: SnapshotRow) {
    switch row {
    case .nothing: break
    case .link(let link, let linkAddresses):
      insert(link)
      addresses += linkAddresses
    case .neighbour(let neighbour): neighbours.append(neighbour)
    case .forwardingEntry(let entry): forwardingEntries.append(entry)
    case .route(let route): routes.append(route)
    }
  }

  /// `ip -j addr` repeats links without details: these must not undo those of `ip -j -d link`.
  private mutating func insert(_ link: NetworkLink) {
    guard let known = links.firstIndex(where: { $0.index == link.index }) else {
      links.append(link)
      return
    }
    let kind = links[known].kind
    links[known] = link
    if link.kind == .unknown {
      links[known].kind = kind
    }
  }
}
