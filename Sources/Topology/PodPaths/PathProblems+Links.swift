import Packets

/// What the interfaces of a path have wrong.
extension NodeSnapshot {
  /// All that the node's tables have wrong on a path, errors first.
  func problems(on path: PodPath) -> [PathProblem] {
    guard path.place != .node else { return [] }
    let missing = missingTables(path)
    // What was not read cannot be missed.
    let tables =
      missing.isEmpty
      ? routeProblems(path) + tunnelProblems(path) + underlayProblems(path) + localProblems(path)
      : missing
    let links = downProblems(path) + mtuProblems(path)
    return (tables + links).sorted { $0.severity == .error && $1.severity != .error }
  }

  /// Tables that the way depends on and that nobody gave. A node that has a VTEP or a bridge usually has
  /// rows in each; a table that was given without rows may be any of them.
  private func missingTables(_ path: PodPath) -> [PathProblem] {
    guard !isWhole else { return [] }
    let device = path.points.first { $0.role == .vtep || $0.role == .bridge }
    let usesTables = device.map { $0.link.kind == .bridge || $0.link.encapsulates } ?? false
    let missing = [
      (routes.isEmpty, "ip -j route"), (usesTables && neighbours.isEmpty, "ip -j neigh"),
      (usesTables && forwardingEntries.isEmpty, "bridge -j fdb"),
    ].filter(\.0).map(\.1)
    guard missing.count > emptyTables else { return [] }
    return [
      PathProblem(
        .warning, .tablesMissing,
        "the snapshot lacks the output of \(missing.joined(separator: ", ")): the way is not known whole"
      )
    ]
  }

  private func downProblems(_ path: PodPath) -> [PathProblem] {
    // An interface that goes down takes its routes along.
    let isRouted = path.route.map { $0.destination.length > 0 } ?? false
    let points = path.points + (isRouted ? [] : tunnelsAndUnderlay(for: path.address))
    return points.uniqued(by: \.interface).compactMap { point in
      guard let state = point.link.operationalState, Self.downStates.contains(state) else {
        return nil
      }
      return PathProblem(
        .error, .interfaceDown, "\(point.interface) is \(state)",
        advice: ["ip link show \(point.link.name)"])
    }
  }

  private static let downStates: Set<String> = ["DOWN", "LOWERLAYERDOWN", "NOTPRESENT"]

  private func mtuProblems(_ path: PodPath) -> [PathProblem] {
    path.points.filter { $0.role == .vtep }.flatMap { vtep -> [PathProblem] in
      guard let mtu = vtep.link.mtu else { return [] }
      var problems: [PathProblem] = []
      let wide = path.points.filter {
        [.pod, .veth, .bridge].contains($0.role) && $0.link.mtu.map { $0 > mtu } ?? false
      }
      if let widest = wide.compactMap(\.link.mtu).max() {
        let names = wide.map(\.interface).joined(separator: ", ")
        problems.append(
          PathProblem(
            .warning, .mtuPodAboveVTEP,
            "MTU \(widest) of \(names) is more than the \(mtu) of \(vtep.interface): what is longer needs path MTU discovery",
            advice: [
              "ip -d link show \(vtep.link.name)", "make the pods anew after a change of MTU",
            ]))
      }
      if let overhead = vtep.link.encapsulationOverhead,
        let nic = path.points.first(where: {
          $0.role == .nic && $0.link.mtu.map { UInt64($0) < UInt64(mtu) + overhead } ?? false
        }), let nicMTU = nic.link.mtu
      {
        problems.append(
          PathProblem(
            .warning, .mtuVTEPAboveNIC,
            "MTU \(mtu) of \(vtep.interface) and \(overhead) bytes of headers are more than the \(nicMTU) of \(nic.interface): outer packets are cut into fragments",
            advice: ["set Backend.MTU of flannel to the NIC's, restart flanneld"]))
      }
      return problems
    }
  }
}

extension NetworkLink {
  /// Whether its forwarding database tells where frames go.
  fileprivate var encapsulates: Bool {
    if case .vxlan(let device) = kind { !device.isExternal } else { false }
  }

  /// Bytes that a tunnel adds to an inner IP packet within the NIC's MTU. RFC 7348, section 5: inner
  /// Ethernet 14, VXLAN 8, UDP 8, outer IP 20 or 40; RFC 2003: outer IP 20.
  var encapsulationOverhead: UInt64? {
    switch kind {
    case .vxlan(let device): device.local?.isIPv4 == false ? 70 : 50
    case .ipip: 20
    default: nil
    }
  }
}
