import Packets

/// A row of `ip -j neigh`.
struct NeighbourRow: Codable {
  private let dst: String
  private let dev: String?
  private let lladdr: String?
  private let state: [String]?

  init(_ neighbour: Neighbour) {
    dst = neighbour.address.description
    dev = neighbour.interface
    lladdr = neighbour.mac?.description
    state = neighbour.states
  }

  /// Nil for neighbours that are no IP addresses, or of an interface that is not named.
  func neighbour() -> Neighbour? {
    guard let address = IPAddress(dst), let dev else { return nil }
    return Neighbour(
      interface: dev.printable,
      address: address,
      mac: lladdr.flatMap { MACAddress($0) },
      states: (state ?? []).map(\.printable)
    )
  }
}

/// A row of `bridge -j fdb`.
struct ForwardingRow: Codable {
  private let mac: String
  private let ifname: String?
  private let dst: String?
  private let master: String?

  init(_ entry: ForwardingEntry) {
    mac = entry.mac.description
    ifname = entry.interface
    dst = entry.remote?.description
    master = entry.master
  }

  /// Nil for entries of nexthop groups and the like, that name no interface.
  func entry() -> ForwardingEntry? {
    guard let mac = MACAddress(mac), let ifname else { return nil }
    return ForwardingEntry(
      interface: ifname.printable,
      mac: mac,
      remote: dst.flatMap { IPAddress($0) },
      master: master?.printable
    )
  }
}
