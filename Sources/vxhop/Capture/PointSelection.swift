import ArgumentParser
import Packets
import Topology

/// Finds the points that the options of `vxhop capture` name, from the kernel's tables.
struct PointSelection {
  private let options: CaptureOptions
  private var points: [CapturePoint] = []

  /// The points in the order in which they were named, each once.
  static func points(of options: CaptureOptions) throws -> [CapturePoint] {
    var selection = PointSelection(options: options)
    try selection.addNamespaces()
    if !options.pod.isEmpty || options.isForAll {
      let tables = try ThisNode.tables()
      for pod in options.pod { try selection.add(pod: pod, tables) }
      if options.isForAll { selection.points += Self.all(tables) }
    }
    var seen: Set<String> = []
    let points = selection.points.filter { seen.insert($0.interface).inserted }
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
      let label = namespaces.count > 1 ? namespace.name : nil
      points += devices.map { CapturePoint(device: $0, in: namespace, label: label) }
    }
    if namespaces.isEmpty {
      let tables = options.interfaces.isEmpty ? nil : try? ThisNode.tables()
      points += options.interfaces.map {
        CapturePoint(device: $0, role: tables?.role(ofInterfaceNamed: $0))
      }
    }
  }

  private mutating func add(pod: String, _ tables: NodeSnapshot) throws {
    let path = tables.path(toPod: try Self.address(of: pod, tables))
    guard path.place == .here else {
      throw ValidationError("--pod \(pod): no pod of this node has that address.")
    }
    points += path.points.map { point in
      guard let namespace = point.namespace?.path else {
        return CapturePoint(device: point.link.name, role: point.role)
      }
      return CapturePoint(
        device: point.link.name, in: NamespaceName(namespace),
        label: options.pod.count > 1 ? pod : nil)
    }
  }

  /// A pod is named by its address, by NAMESPACE/NAME, or by what its network namespace is called.
  private static func address(of pod: String, _ tables: NodeSnapshot) throws -> IPAddress {
    if let address = IPAddress(pod) { return address }
    if let address = tables.addresses(of: PodIdentity(pod)).first { return address }
    let namespace = tables.namespaces.first { $0.name == pod }
    let address = namespace?.tables.addresses.first { $0.interface != "lo" && !$0.isLinkLocal }
    guard let address else {
      throw ValidationError("--pod \(pod): neither an IP address nor a pod that is known here.")
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
