import Packets

/// A row of `ip -j route`, of either family.
struct RouteRow: Codable {
  /// A gateway of another family than the route.
  private struct Via: Codable {
    let host: String?
  }

  private struct NextHop: Codable {
    let dev: String?
    let gateway: String?
    let via: Via?
  }

  private let dst: String
  private let dev: String?
  private let gateway: String?
  private let via: Via?
  private let nexthops: [NextHop]?
  private let type: String?
  private let table: String?
  private let metric: UInt32?
  /// Printed for IPv6 only.
  private let pref: String?

  init(_ route: Route) {
    // `default` would not tell the family.
    dst = route.destination.description
    let single = route.nextHops.count == 1 ? route.nextHops.first : nil
    dev = single?.interface
    gateway = single?.gateway?.description
    via = nil
    nexthops =
      route.nextHops.count > 1
      ? route.nextHops.map {
        NextHop(dev: $0.interface, gateway: $0.gateway?.description, via: nil)
      } : nil
    type = route.type == "unicast" ? nil : route.type
    table = route.table
    metric = route.metric == 0 ? nil : route.metric
    pref = nil
  }

  /// Nil for destinations that are no IP networks (MPLS labels).
  func route() -> Route? {
    guard let destination else { return nil }
    return Route(
      destination: destination,
      nextHops: hops.map {
        Route.NextHop(
          interface: $0.dev?.printable,
          gateway: ($0.gateway ?? $0.via?.host).flatMap { IPAddress($0) })
      },
      type: type?.printable ?? "unicast",
      table: table?.printable,
      metric: metric ?? 0
    )
  }

  private var hops: [NextHop] {
    nexthops ?? (dev == nil ? [] : [NextHop(dev: dev, gateway: gateway, via: via)])
  }

  /// The tables of both families call their widest network `default`.
  private var destination: AddressPrefix? {
    guard dst == "default" else { return AddressPrefix(dst) }
    let gateways = hops.compactMap { $0.gateway.flatMap { IPAddress($0) } }
    return .all(ofIPv4: gateways.first?.isIPv4 ?? (pref == nil))
  }
}
