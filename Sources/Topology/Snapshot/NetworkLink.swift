package import Packets

/// A network interface of a node, as `ip -j -d link` tells of it.
package struct NetworkLink: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// The table was printed without details (`ip -j link`).
    case unknown
    case loopback
    /// No kind of its own: a network card, to the kernel.
    case physical
    case veth
    case bridge
    case vxlan(VXLANDevice)
    /// IP in IP (RFC 2003). `local` is the source of its outer packets, if it is set to one.
    case ipip(local: IPAddress?)
    /// The kernel's name of any other kind: `bond`, `vlan`, `wireguard`…
    case other(String)

    /// The kernel's name of the kind; nil if there is none or it is not known.
    package var name: String? {
      switch self {
      case .unknown, .loopback, .physical: nil
      case .veth: "veth"
      case .bridge: "bridge"
      case .vxlan: "vxlan"
      case .ipip: "ipip"
      case .other(let name): name
      }
    }
  }

  /// Number of the interface in its network namespace, 1 or more.
  package var index: UInt32
  package var name: String
  /// Nil for devices without Ethernet.
  package var mac: MACAddress?
  /// Bytes; nil if the table does not say.
  package var mtu: UInt32?
  package var kind: Kind
  /// Name of the bridge or bond that the interface belongs to.
  package var master: String?
  /// The other end of a veth pair, or the device below, by its name if it is in the same network
  /// namespace and by its index if it is in another one.
  package var lowerName: String?
  package var lowerIndex: UInt32?
  /// The number that this namespace gives the one of the other end.
  package var lowerNamespace: Int32?
  /// `UP`, `DOWN`, `LOWERLAYERDOWN`, `UNKNOWN`…
  package var operationalState: String?

  package init(
    index: UInt32, name: String, mac: MACAddress? = nil, mtu: UInt32? = nil, kind: Kind,
    master: String? = nil, lowerName: String? = nil, lowerIndex: UInt32? = nil,
    lowerNamespace: Int32? = nil, operationalState: String? = nil
  ) {
    self.index = index
    self.name = name
    self.mac = mac
    self.mtu = mtu
    self.kind = kind
    self.master = master
    self.lowerName = lowerName
    self.lowerIndex = lowerIndex
    self.lowerNamespace = lowerNamespace
    self.operationalState = operationalState
  }
}

/// What a VXLAN device is set to.
package struct VXLANDevice: Sendable, Equatable {
  package var vni: UInt32?
  /// Address that its outer packets have as source.
  package var local: IPAddress?
  /// UDP destination port.
  package var port: UInt16?
  /// Name of the device that its outer packets leave by.
  package var lowerName: String?
  /// Whether each packet brings its tunnel along (`external`): its tables do not tell where to.
  package var isExternal = false

  package init(
    vni: UInt32? = nil, local: IPAddress? = nil, port: UInt16? = nil, lowerName: String? = nil
  ) {
    self.vni = vni
    self.local = local
    self.port = port
    self.lowerName = lowerName
  }
}
