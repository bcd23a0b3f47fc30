/// The protocol that a link header carries: IEEE 802 Numbers, "EtherType" (IANA registry).
struct EtherType: RawRepresentable, Equatable {
  let rawValue: UInt16

  /// Linux' own numbers for frames that have their length there (`ETH_P_802_3`, `ETH_P_802_2`): of Novell, and
  /// with logical link control.
  static let novellRaw = EtherType(rawValue: 1)
  static let linkControl = EtherType(rawValue: 4)
  static let ipv4 = EtherType(rawValue: 0x0800)
  static let arp = EtherType(rawValue: 0x0806)
  /// A whole Ethernet frame (RFC 7637, section 3.2).
  static let transparentEthernet = EtherType(rawValue: 0x6558)
  /// Mirrored frames, type III, and types I and II: draft-foschiano-erspan, section 4.
  static let erspanType3 = EtherType(rawValue: 0x22eb)
  static let erspan = EtherType(rawValue: 0x88be)
  /// IPv4 that a router redirects to a web cache: draft-wilson-wrec-wccp-v2.
  static let webCache = EtherType(rawValue: 0x883e)
  static let reverseARP = EtherType(rawValue: 0x8035)
  /// IEEE 802.1Q customer tag.
  static let vlan = EtherType(rawValue: 0x8100)
  /// RFC 7172.
  static let trill = EtherType(rawValue: 0x22f3)
  static let ipv6 = EtherType(rawValue: 0x86dd)
  static let slowProtocols = EtherType(rawValue: 0x8809)
  static let mpls = EtherType(rawValue: 0x8847)
  static let mplsMulticast = EtherType(rawValue: 0x8848)
  static let pppoeDiscovery = EtherType(rawValue: 0x8863)
  static let pppoeSession = EtherType(rawValue: 0x8864)
  static let eapol = EtherType(rawValue: 0x888e)
  /// IEEE 802.1ad service tag.
  static let serviceVLAN = EtherType(rawValue: 0x88a8)
  static let lldp = EtherType(rawValue: 0x88cc)
  /// IEEE 802.1AE.
  static let macsec = EtherType(rawValue: 0x88e5)
  /// IEEE 802.1ah.
  static let providerBackbone = EtherType(rawValue: 0x88e7)
  /// IEEE 1588.
  static let precisionTime = EtherType(rawValue: 0x88f7)
  static let connectivityFault = EtherType(rawValue: 0x8902)
  static let fibreChannel = EtherType(rawValue: 0x8906)
  static let fibreChannelInitialization = EtherType(rawValue: 0x8914)
  /// Ethernet's Configuration Testing Protocol: keep-alives of switches.
  static let loopback = EtherType(rawValue: 0x9000)
  /// The service tag that was used before IEEE 802.1ad.
  static let oldServiceVLAN = EtherType(rawValue: 0x9100)
  static let otherServiceVLAN = EtherType(rawValue: 0x9200)

  var isVLANTag: Bool {
    switch self {
    case .vlan, .serviceVLAN, .oldServiceVLAN, .otherServiceVLAN: true
    default: false
    }
  }

  /// Whether the value is the length of an IEEE 802.3 frame, as for spanning tree.
  var isLength: Bool { rawValue <= Self.greatestLength }

  /// Of what an IEEE 802.3 frame carries, in bytes (clause 3.2.6).
  static let greatestLength = 1500

  /// Whether the value is a protocol's (IEEE 802.3, clause 3.2.6), assigned or not.
  var isProtocol: Bool { rawValue >= 0x0600 }

  /// Whether a value is likely in a real frame: used to tell encapsulated frames from other bytes.
  var isCommon: Bool {
    switch self {
    case .ipv4, .ipv6, .arp, .reverseARP, .slowProtocols, .mpls, .mplsMulticast, .pppoeDiscovery,
      .pppoeSession, .eapol, .lldp, .trill, .macsec, .providerBackbone, .precisionTime,
      .connectivityFault, .fibreChannel, .fibreChannelInitialization, .loopback:
      true
    default:
      isVLANTag
    }
  }
}
