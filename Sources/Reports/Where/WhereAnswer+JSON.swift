import Packets
import Topology

/// The field names are an interface that others read. What is not known is null.
extension WhereAnswer {
  var json: JSONValue {
    .object([
      ("type", .string("where")),
      ("node", .string(node)),
      ("address", .text(path.address)),
      ("name", .string(name)),
      ("pod", podName),
      ("place", .string(path.place.rawValue)),
      ("seen", path.place == .here ? .bool(path.isSeen) : .null),
      ("points", .array(path.points.map(point))),
      ("route", route(path.route)),
      ("neighbour", neighbour),
      ("fdb", .array(path.forwardingEntries.map(Self.entry))),
      ("remote", .text(path.remote)),
      ("remote_node", .string(path.remoteNode)),
      ("remote_name", .string(path.remote.flatMap { addresses.names[$0] })),
      ("underlay_route", route(path.underlayRoute)),
      ("problems", .array(path.problems.map(Self.problem))),
    ])
  }

  private var podName: JSONValue {
    guard let pod else { return .null }
    return .object([("namespace", .string(pod.namespace)), ("name", .string(pod.name))])
  }

  private func point(_ point: PathPoint) -> JSONValue {
    .object([
      ("point", .string(node + "/" + point.interface)),
      ("node", .string(node)),
      ("interface", .string(point.interface)),
      ("role", .string(point.role.name)),
      ("ifindex", .number(Int64(point.link.index))),
      ("mac", .text(point.link.mac)),
      ("mtu", .number(point.link.mtu.map { Int64($0) })),
      ("state", .string(point.link.operationalState)),
      ("kind", .string(point.link.kind.name)),
      ("addresses", .array(point.addresses.map { .string("\($0.address)/\($0.prefix.length)") })),
      ("tunnel", tunnel(point.link)),
      ("peer", peer(point.link)),
      ("namespace", namespace(point.namespace)),
    ])
  }

  private func tunnel(_ link: NetworkLink) -> JSONValue {
    switch link.kind {
    case .vxlan(let device):
      .object([
        ("encapsulation", .string("vxlan")),
        ("vni", .number(device.vni.map { Int64($0) })),
        ("port", .number(device.port.map { Int64($0) })),
        ("local", .text(device.local)),
        ("lower", .string(device.lowerName)),
      ])
    case .ipip(let local):
      .object([
        ("encapsulation", .string("ipip")), ("vni", .null), ("port", .null),
        ("local", .text(local)),
        ("lower", .null),
      ])
    default:
      .null
    }
  }

  /// The other end of a pair.
  private func peer(_ link: NetworkLink) -> JSONValue {
    guard link.lowerIndex != nil || link.lowerName != nil else { return .null }
    return .object([
      ("interface", .string(link.lowerName)),
      ("ifindex", .number(link.lowerIndex.map { Int64($0) })),
      ("netnsid", .number(link.lowerNamespace.map { Int64($0) })),
    ])
  }

  private func namespace(_ namespace: JoinedNamespace?) -> JSONValue {
    guard let namespace else { return .null }
    return .object([
      ("netnsid", .number(Int64(namespace.number))),
      ("inode", .number(Int64(clamping: namespace.inode))),
      ("name", .string(namespace.name)),
      ("process", .number(namespace.process.map { Int64($0) })),
    ])
  }

  private func route(_ route: Route?) -> JSONValue {
    guard let route else { return .null }
    return .object([
      ("destination", .text(route.destination)),
      ("type", .string(route.type)),
      (
        "next_hops",
        .array(
          route.nextHops.map {
            .object([("interface", .string($0.interface)), ("gateway", .text($0.gateway))])
          })
      ),
    ])
  }

  private var neighbour: JSONValue {
    guard let neighbour = path.neighbour else { return .null }
    return .object([
      ("address", .text(neighbour.address)),
      ("interface", .string(neighbour.interface)),
      ("mac", .text(neighbour.mac)),
      ("states", .array(neighbour.states.map { .string($0) })),
    ])
  }

  private static func entry(_ entry: ForwardingEntry) -> JSONValue {
    .object([
      ("mac", .text(entry.mac)),
      ("interface", .string(entry.interface)),
      ("remote", .text(entry.remote)),
    ])
  }

  private static func problem(_ problem: PathProblem) -> JSONValue {
    .object([
      ("code", .string(problem.code.rawValue)),
      ("severity", .string(problem.severity.rawValue)),
      ("summary", .string(problem.summary)),
      ("advice", .array(problem.advice.map { .string($0) })),
    ])
  }
}
