package import Packets

/// One packet seen at one point at one time (RFC 5474, section 2): a row of the observation window.
///
/// Trivial and of fixed size, so that rows live in reused memory and nothing is allocated per packet.
@usableFromInline package struct Observation: BitwiseCopyable, Sendable {
  /// Time of capture, nanoseconds since 1970, as recorded.
  package var time: Int64 = 0
  /// The same on the reference clock: recorded time less the node's clock offset.
  package var correctedTime: Int64 = 0
  /// Hash over what no hop changes (see `PacketSummary.identity`).
  package var identity: UInt64 = 0
  /// A hash of what tells flows apart: addresses, ports, protocol and ICMP identifier. Like `placeHash` it holds for
  /// what the row said when `setHashes()` made it: whoever changes a row makes it again.
  package internal(set) var endpointsHash: UInt64 = 0
  /// A hash of the point and of the state in which the packet crosses it: TTL, packet type, tunnel.
  package internal(set) var placeHash: UInt64 = 0
  /// 1-based number of the record in its file.
  package var frame: UInt64 = 0
  // Up to here and with these a row fills a line of the cache, which is all that merging and the window look at.
  package var file: UInt16 = 0
  package var point: UInt16 = 0
  @usableFromInline package var traits = Traits()
  package var timeToLive: UInt8 = 0
  package var trafficClass: UInt8 = 0
  /// IP total length in bytes.
  package var length: UInt32 = 0
  package var payloadLength: UInt32 = 0
  package var source = IPAddress.unspecified
  package var destination = IPAddress.unspecified
  package var tunnelSource = IPAddress.unspecified
  package var tunnelDestination = IPAddress.unspecified
  /// MAC addresses of the innermost Ethernet header (48 bits), 0 where there is none.
  package var linkDestination: UInt64 = 0
  package var linkSource: UInt64 = 0
  /// TCP sequence number; of a datagram the digest of its payload, over IPv6 its position in the window (see
  /// `DatagramPositions`); else 0.
  package var sequence: UInt32 = 0
  package var acknowledgment: UInt32 = 0
  package var fragmentIdentification: UInt32 = 0
  /// TCP's TSval where there is no identification; else 0.
  package var timestamp: UInt32 = 0
  package var vni: UInt32 = 0
  package var identification: UInt16 = 0
  package var sourcePort: UInt16 = 0
  package var destinationPort: UInt16 = 0
  package var icmpIdentifier: UInt16 = 0
  package var fragmentOffset: UInt16 = 0
  package var tunnelSourcePort: UInt16 = 0
  package var tunnelDestinationPort: UInt16 = 0
  package var tunnelIdentification: UInt16 = 0
  package var transportProtocol: UInt8 = 0
  package var tcpFlags: UInt8 = 0
  package var packetType: UInt8 = 255
  package var encapsulation = Encapsulation.none
  /// Unused: rows that begin with a line of the cache fill three of them.
  private let padding: UInt64 = 0

  package init() {}

  @usableFromInline package struct Traits: OptionSet, BitwiseCopyable, Sendable {
    @usableFromInline package let rawValue: UInt16

    @inlinable package init(rawValue: UInt16) {
      self.rawValue = rawValue
    }

    @inlinable package static var isIPv6: Traits { Traits(rawValue: 1 << 0) }
    @inlinable package static var hasPorts: Traits { Traits(rawValue: 1 << 1) }
    @inlinable package static var isFragment: Traits { Traits(rawValue: 1 << 2) }
    @inlinable package static var hasMoreFragments: Traits { Traits(rawValue: 1 << 3) }
    /// The transport header and the digest's bytes were captured whole.
    @inlinable package static var isIdentityComplete: Traits { Traits(rawValue: 1 << 4) }
    /// The user's filter matches.
    @inlinable package static var isSelected: Traits { Traits(rawValue: 1 << 5) }
    /// The tunnel's header has flags or reserved bits that a plain VXLAN device refuses.
    @inlinable package static var hasUnusualTunnelFlags: Traits { Traits(rawValue: 1 << 6) }
    /// The outermost packet is a fragment.
    @inlinable package static var isOuterFragment: Traits { Traits(rawValue: 1 << 7) }
    /// The outermost packet was put together from fragments.
    @inlinable package static var isReassembled: Traits { Traits(rawValue: 1 << 11) }
    /// The outer header says that congestion was experienced, the inner one that it cannot be told so.
    @inlinable package static var isCongestionLost: Traits { Traits(rawValue: 1 << 8) }
    /// A checksum is wrong, and not merely left to hardware. Not verified on every packet.
    @inlinable package static var hasWrongChecksum: Traits { Traits(rawValue: 1 << 9) }
    @inlinable package static var hasWrongOuterChecksum: Traits { Traits(rawValue: 1 << 10) }

    /// Of frames of the usual kind, where no filter leaves any out.
    static let ofUsualEcho = Traits(rawValue: 1 << 4 | 1 << 5)
    static let ofUsualPacket = Traits(rawValue: 1 << 1 | 1 << 4 | 1 << 5)
  }

  package var isEncapsulated: Bool { encapsulation != .none }
  @inlinable package var isIPv6: Bool { traits.contains(.isIPv6) }
  @inlinable package var isFragment: Bool { traits.contains(.isFragment) }

  /// A packet of the same flow the other way round, as this point would see it.
  var answer: Observation {
    var answer = self
    (answer.source, answer.destination) = (destination, source)
    (answer.sourcePort, answer.destinationPort) = (destinationPort, sourcePort)
    answer.setHashes()
    return answer
  }

  /// Whether source, destination and ports are those of `other`.
  func hasSameEndpoints(as other: Observation) -> Bool {
    source == other.source && destination == other.destination && sourcePort == other.sourcePort
      && destinationPort == other.destinationPort
  }
}

extension Observation {
  /// Fills the row from a decoded frame; point, file, frame and times are the caller's.
  @inline(__always)
  mutating func take(_ packet: inout PacketSummary) {
    identity = packet.identity
    source = packet.network.source
    destination = packet.network.destination
    linkDestination = packet.link.hasEthernet ? packet.link.destination : 0
    linkSource = packet.link.hasEthernet ? packet.link.source : 0
    length = packet.network.length
    payloadLength = packet.transport.payloadLength
    identification = packet.network.identification
    timeToLive = packet.network.timeToLive
    trafficClass = packet.network.trafficClass
    transportProtocol = packet.network.transportProtocol
    packetType = packet.link.packetType
    takeTransport(&packet)
    takeTunnel(&packet.tunnel)
    traits = Traits(&packet)
  }

  /// The same from the headers of a frame of the usual kind, which has an Ethernet header and no fragment: all
  /// but what tells its packet from others.
  @inline(__always)
  mutating func take(_ packet: borrowing UsualPacket) {
    if packet.isEncapsulated {
      encapsulation = .vxlan
      tunnelSource = IPAddress(v4: packet.tunnelSource)
      tunnelDestination = IPAddress(v4: packet.tunnelDestination)
      tunnelSourcePort = packet.tunnelSourcePort
      tunnelDestinationPort = packet.tunnelDestinationPort
      tunnelIdentification = packet.tunnelIdentification
      vni = packet.vni
    } else {
      takeNoTunnel()
    }
    source = IPAddress(v4: packet.source)
    destination = IPAddress(v4: packet.destination)
    linkDestination = packet.linkDestination
    linkSource = packet.linkSource
    length = packet.length
    fragmentIdentification = 0
    timestamp = 0
    identification = packet.identification
    timeToLive = packet.timeToLive
    trafficClass = packet.trafficClass
    packetType = 255
    traits = .ofUsualPacket
    transportProtocol = packet.transportProtocol
    icmpIdentifier = 0
    fragmentOffset = 0
    let ports = packet.ports
    sourcePort = UInt16(truncatingIfNeeded: ports >> 16)
    destinationPort = UInt16(truncatingIfNeeded: ports)
    if !packet.hasPorts {
      sourcePort = 0
      destinationPort = 0
      icmpIdentifier = packet.icmpIdentifier
      traits = .ofUsualEcho
    }
  }

  /// What tells the packet of a frame of the usual kind from others.
  @inline(__always)
  mutating func take(_ transport: UsualTransport) {
    identity = transport.identity
    sequence = UInt32(truncatingIfNeeded: transport.numbers)
    acknowledgment = UInt32(truncatingIfNeeded: transport.numbers >> 32)
    payloadLength = transport.payloadLength
    tcpFlags = transport.tcpFlags
  }

  @inline(__always)
  private mutating func takeNoTunnel() {
    encapsulation = .none
    tunnelSource = IPAddress(high: 0, low: 0)
    tunnelDestination = IPAddress(high: 0, low: 0)
    tunnelSourcePort = 0
    tunnelDestinationPort = 0
    tunnelIdentification = 0
    vni = 0
  }

  @inline(__always)
  private mutating func takeTransport(_ packet: inout PacketSummary) {
    sequence = packet.transport.sequence
    if !packet.transport.hasSequence && packet.transport.payloadDigest != 0 {
      sequence = packet.transport.payloadDigest &+ UInt32(packet.transport.icmpSequence)
    }
    acknowledgment = packet.transport.acknowledgment
    tcpFlags = packet.transport.flags
    timestamp = packet.transport.timestamp
    icmpIdentifier = packet.transport.icmpIdentifier
    sourcePort = packet.transport.sourcePort
    destinationPort = packet.transport.destinationPort
    fragmentIdentification = packet.network.fragmentIdentification
    fragmentOffset = packet.network.fragmentOffset
  }

  @inline(__always)
  private mutating func takeTunnel(_ tunnel: inout TunnelSummary) {
    encapsulation = tunnel.encapsulation
    tunnelSource = tunnel.source
    tunnelDestination = tunnel.destination
    tunnelSourcePort = tunnel.sourcePort
    tunnelDestinationPort = tunnel.destinationPort
    tunnelIdentification = tunnel.identification
    vni = tunnel.vni
  }
}

extension Observation.Traits {
  @inline(__always)
  init(_ packet: inout PacketSummary) {
    self = []
    if packet.network.version == 6 { insert(.isIPv6) }
    if packet.transport.hasPorts { insert(.hasPorts) }
    if packet.network.isFragment { insert(.isFragment) }
    if packet.network.moreFragments { insert(.hasMoreFragments) }
    if packet.transport.isHeaderComplete, packet.transport.isDigestComplete {
      insert(.isIdentityComplete)
    }
  }
}
