import Packets

/// A row of `ip -j neigh`.
struct NeighbourRow: Decodable {
  private let dst: String
  private let dev: String?
  private let lladdr: String?
  private let state: [String]?

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
struct ForwardingRow: Decodable {
  private let mac: String
  private let ifname: String?
  private let dst: String?
  private let master: String?

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
