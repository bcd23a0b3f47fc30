import ArgumentParser
import Packets
import Topology

/// Finds the points that the options of `vxhop capture` name, from the kernel's tables.
struct PointSelection {
  private let options: CaptureOptions
  private var points: [CapturePoint] = []
  /// What each pod's points are labelled with where there are several, by the namespace's path.
  private var podLabels: [String: String] = [:]

  /// The points in the order in which they were named, each once.
  static func points(of options: CaptureOptions) throws -> [CapturePoint] {
    var selection = PointSelection(options: options)
    try selection.addNamespaces()
    if !options.pod.isEmpty || options.isForAll {
      let tables = try ThisNode.tables()
      let cluster =
        options.kubernetes.isEmpty
        ? nil : try Clusters.read(options.kubernetes, annotationPrefix: Cluster.usualPrefix)
      for pod in options.pod { try selection.add(pod: pod, tables, cluster) }
      if options.isForAll { selection.points += Self.all(tables) }
    }
    let points = selection.distinctPoints()
    guard !points.isEmpty else {
      throw ValidationError(
        options.isForAll
          ? "This node has no veth, bridge, VTEP or NIC that is up."
          : "Name what to capture: -i INTERFACE, --pod IP, --all or --netns PID|NAME|PATH.")
    }
    if points.contains(where: { $0.device == "any" }) {
      throw ValidationError("-i any does not tell points apart: use --all.")
    }
    return points
  }

  private init(options: CaptureOptions) {
    self.options = options
  }

  /// Interfaces that are named: of this node, or of the namespaces named beside them.
  private mutating func addNamespaces() throws {
    let namespaces = options.netns.map { NamespaceName($0) }
    let devices = options.interfaces.isEmpty ? ["eth0"] : options.interfaces
    for namespace in namespaces {
      points += devices.map { CapturePoint(device: $0, in: namespace) }
    }
    if namespaces.isEmpty {
      let tables = options.interfaces.isEmpty ? nil : try? ThisNode.tables()
      points += options.interfaces.map {
        CapturePoint(device: $0, role: tables?.role(ofInterfaceNamed: $0))
      }
    }
  }

  private mutating func add(pod: String, _ tables: NodeSnapshot, _ cluster: Cluster?) throws {
    let path = tables.path(toPod: try Self.address(of: pod, tables, cluster))
    guard path.place == .here else {
      throw ValidationError("--pod \(pod): no pod of this node has that address.")
    }
    points += path.points.map { point in
      guard let namespace = point.namespace?.path else {
        return CapturePoint(device: point.link.name, role: point.role)
      }
      podLabels[namespace] = pod
      return CapturePoint(device: point.link.name, in: NamespaceName(namespace))
    }
  }

  /// Each interface once, however it was named, and each under a name of its own.
  private func distinctPoints() -> [CapturePoint] {
    struct Place: Hashable {
      let namespace: String?
      let device: String
    }
    var places: Set<Place> = []
    let distinct = points.filter { point in
      places.insert(Place(namespace: point.namespace?.identity, device: point.device)).inserted
    }
    guard Set(places.compactMap(\.namespace)).count > 1 else { return distinct }
    var names: Set<String> = []
    return distinct.map { point in
      guard let namespace = point.namespace else { return point }
      let label = podLabels[namespace.path] ?? namespace.name
      var labelled = point.labelled(label)
      var number = 2
      while !names.insert(labelled.interface).inserted {
        labelled = point.labelled("\(label)-\(number)")
        number += 1
      }
      return labelled
    }
  }

  /// A pod is named by its address, by NAMESPACE/NAME, or by what its network namespace is called.
  private static func address(
    of pod: String, _ tables: NodeSnapshot, _ cluster: Cluster?
  ) throws -> IPAddress {
    if let address = PodNames.addresses(of: pod, on: [tables], cluster).first { return address }
    let namespace = tables.namespaces.first { $0.name == pod }
    let address = namespace?.tables.addresses.first { $0.interface != "lo" && !$0.isLinkLocal }
    guard let address else {
      throw ValidationError(
        "--pod \(pod): neither an IP address nor a pod that is known here: give --kubernetes, or its address."
      )
    }
    return address.address
  }

  /// What is up, in the order from pods to the wire.
  static func all(_ tables: NodeSnapshot) -> [CapturePoint] {
    let order: [InterfaceRole] = [.veth, .bridge, .vtep, .nic]
    return order.flatMap { role in
      tables.links.filter {
        tables.role(ofInterfaceNamed: $0.name) == role
          && !["DOWN", "LOWERLAYERDOWN"].contains($0.operationalState ?? "")
      }.map { CapturePoint(device: $0.name, role: role) }
    }
  }
}

extension InterfaceAddress {
  fileprivate var isLinkLocal: Bool { !address.isIPv4 && address.high >> 54 == 0x3fa }
}
