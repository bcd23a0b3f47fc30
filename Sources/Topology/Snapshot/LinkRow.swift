import Packets

/// A row of `ip -j link` or `ip -j addr`, with or without `-d`.
struct LinkRow: Codable {
  private struct Details: Codable {
    let infoKind: String?
    let infoData: DeviceDetails?
  }

  private struct Address: Codable {
    let local: String?
    let prefixlen: Int?
  }

  private let ifindex: UInt32
  private let ifname: String
  private let address: String?
  private let mtu: UInt32?
  private let master: String?
  private let link: String?
  private let linkIndex: UInt32?
  private let linkNetnsid: Int32?
  private let operstate: String?
  private let linkType: String?
  /// Printed by `-d` only: a link without a kind is then known to have none.
  private let promiscuity: UInt32?
  /// Printed by `-d` for links of a kind, and in a snapshot for all.
  private let linkinfo: Details?
  private let addrInfo: [Address]?

  init(_ link: NetworkLink, addresses: [InterfaceAddress]) {
    ifindex = link.index
    ifname = link.name
    address = link.mac?.description
    mtu = link.mtu
    master = link.master
    self.link = link.lowerName
    linkIndex = link.lowerIndex
    linkNetnsid = link.lowerNamespace
    operstate = link.operationalState
    linkType = link.kind == .loopback ? "loopback" : link.mac.map { _ in "ether" }
    promiscuity = nil
    linkinfo =
      link.kind == .unknown
      ? nil : Details(infoKind: link.kind.name, infoData: DeviceDetails(link.kind))
    addrInfo = addresses.map {
      Address(local: $0.address.description, prefixlen: $0.prefix.length)
    }
  }

  func networkLink() -> NetworkLink {
    NetworkLink(
      index: ifindex,
      name: ifname.printable,
      mac: linkType == "loopback" ? nil : address.flatMap { MACAddress($0) },
      mtu: mtu,
      kind: kind,
      master: master?.printable,
      lowerName: link?.printable,
      lowerIndex: linkIndex,
      lowerNamespace: linkNetnsid,
      operationalState: operstate?.printable
    )
  }

  private var kind: NetworkLink.Kind {
    if linkType == "loopback" {
      return .loopback
    }
    switch linkinfo?.infoKind {
    case "veth": return .veth
    case "bridge": return .bridge
    case "vxlan": return .vxlan(linkinfo?.infoData?.vxlanDevice ?? VXLANDevice())
    case "ipip": return .ipip(local: linkinfo?.infoData?.local)
    case let kind?: return .other(kind.printable)
    case nil: return promiscuity == nil && linkinfo == nil ? .unknown : .physical
    }
  }

  func interfaceAddresses() -> [InterfaceAddress] {
    (addrInfo ?? []).compactMap { info in
      guard let address = info.local.flatMap({ IPAddress($0) }) else { return nil }
      return InterfaceAddress(
        interface: ifname.printable, address: address,
        prefixLength: info.prefixlen ?? (address.isIPv4 ? 32 : 128))
    }
  }
}

/// The fields that only some kinds of device have; other kinds give the same names other types.
private struct DeviceDetails: Codable {
  let vxlanDevice: VXLANDevice
  /// Nil also where it is any (`"local":"any"`).
  let local: IPAddress?

  private enum Field: String, CodingKey {
    case id, local, local6, link, port, external
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    func text(_ field: Field) -> String? { try? fields.decode(String.self, forKey: field) }
    local = (text(.local) ?? text(.local6)).flatMap { IPAddress($0) }
    var device = VXLANDevice(
      vni: try? fields.decode(UInt32.self, forKey: .id),
      local: local,
      port: try? fields.decode(UInt16.self, forKey: .port),
      lowerName: text(.link)?.printable
    )
    device.isExternal = (try? fields.decode(Bool.self, forKey: .external)) ?? false
    vxlanDevice = device
  }

  /// Nil for kinds that have no details of interest.
  init?(_ kind: NetworkLink.Kind) {
    switch kind {
    case .vxlan(let device):
      vxlanDevice = device
      local = device.local
    case .ipip(let local):
      vxlanDevice = VXLANDevice()
      self.local = local
    default:
      return nil
    }
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encodeIfPresent(vxlanDevice.vni, forKey: .id)
    try fields.encodeIfPresent(
      local?.description, forKey: local?.isIPv4 == false ? .local6 : .local)
    try fields.encodeIfPresent(vxlanDevice.lowerName, forKey: .link)
    try fields.encodeIfPresent(vxlanDevice.port, forKey: .port)
    if vxlanDevice.isExternal { try fields.encode(true, forKey: .external) }
  }
}
