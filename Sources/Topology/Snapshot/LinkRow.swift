import Packets

/// A row of `ip -j link` or `ip -j addr`, with or without `-d`.
struct LinkRow: Decodable {
  private struct Details: Decodable {
    let infoKind: String?
    let infoData: DeviceDetails?
  }

  private struct Address: Decodable {
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
  private let linkinfo: Details?
  private let addrInfo: [Address]?

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
    case nil: return promiscuity == nil ? .unknown : .physical
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
private struct DeviceDetails: Decodable {
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
}
