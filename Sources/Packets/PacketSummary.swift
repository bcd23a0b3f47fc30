/// What one captured frame says about the innermost IP packet in it and about the tunnel around it.
///
/// The one value that leaves this module for each frame: trivial, owned, of fixed size. Offsets are in
/// bytes from the start of the captured frame. A field that the packet does not have is zero; whether
/// it has it is said by `network`, `transport` and `tunnel`.
package struct PacketSummary: BitwiseCopyable, Sendable {
  package var link = LinkSummary()
  package var tunnel = TunnelSummary()
  package var network = NetworkSummary()
  package var transport = TransportSummary()
  /// Where decoding ended and why.
  package var end = DecodingEnd.complete
  /// What no hop changes, hashed: the same for one packet wherever it is seen, whatever translation
  /// does to its addresses and ports. 0 where too little was captured or the packet is malformed. See PacketIdentity.swift.
  package var identity: UInt64 = 0

  package init() {}

  /// Whether the frame holds an IP packet whose fixed header could be read: then it is an observation.
  @inlinable package var isObservation: Bool { network.version != 0 }
}

/// The link layer of the captured frame, and the Ethernet header nearest to the innermost packet.
package struct LinkSummary: BitwiseCopyable, Sendable {
  /// MAC addresses of the innermost Ethernet header, the frame's own if nothing is encapsulated, 0
  /// in a tunnel without Ethernet; 48 bits.
  package var destination: UInt64 = 0
  package var source: UInt64 = 0
  /// EtherType of what the innermost link header carries (after VLAN tags).
  package var etherType: UInt16 = 0
  /// 12-bit VLAN identifier of the captured frame's outermost tag, 0 without one.
  package var vlan: UInt16 = 0
  /// LINUX_SLL2's interface index, 0 for other link types.
  package var interfaceIndex: UInt32 = 0
  /// LINUX_SLL and SLL2 packet type (0 to us, 1 broadcast, 2 multicast, 3 other host, 4 outgoing), else 255.
  package var packetType: UInt8 = 255
  /// Whether an Ethernet header stands before the innermost packet.
  package var hasEthernet = false
  /// Offset of the innermost Ethernet header (if `hasEthernet`).
  package var ethernetOffset: UInt32 = 0
}

/// The outer headers of the innermost tunnel.
package struct TunnelSummary: BitwiseCopyable, Sendable {
  package var encapsulation = Encapsulation.none
  /// Number of tunnels around the innermost packet.
  package var depth: UInt8 = 0
  package var source = IPAddress.unspecified
  package var destination = IPAddress.unspecified
  package var sourcePort: UInt16 = 0
  package var destinationPort: UInt16 = 0
  /// 24-bit network identifier of VXLAN, Geneve and NVGRE, GRE's 32-bit key, ERSPAN's session.
  package var vni: UInt32 = 0
  /// The byte of the tunnel's header that holds its flags, as on the wire: Geneve's second, else
  /// the first (RFC 7348, section 5: 0x08 is the I flag).
  package var flags: UInt8 = 0
  /// Whether the outermost packet is the first fragment of a bigger one: the inner packet goes on
  /// in others. See `FragmentReassembly`.
  package var isFragment = false
  /// The header's reserved bytes, first one most significant. VXLAN, VXLAN-GPE: 3 after the flags,
  /// 1 after the VNI; Geneve: the last; GRE: the second.
  package var reserved: UInt32 = 0
  /// Outer IPv4 identification; 0 for IPv6.
  package var identification: UInt16 = 0
  package var timeToLive: UInt8 = 0
  package var trafficClass: UInt8 = 0
  /// Offset of the outermost IP header.
  package var networkOffset: UInt32 = 0
  /// Where in the captured frame the encapsulated frame or packet begins.
  package var payloadOffset: UInt32 = 0
  /// Its length on the wire in bytes, as the outer headers say; more than was captured if the
  /// capture cut it.
  package var payloadLength: UInt32 = 0
  /// What it is: an EtherType, 0x6558 for an Ethernet frame.
  package var payloadType: UInt16 = 0
}

/// The innermost IP header.
package struct NetworkSummary: BitwiseCopyable, Sendable {
  /// 4, 6, or 0 when the frame holds no IP packet.
  package var version: UInt8 = 0
  package var timeToLive: UInt8 = 0
  /// DSCP (upper six bits) and ECN.
  package var trafficClass: UInt8 = 0
  /// IANA protocol number of what follows the last extension header.
  package var transportProtocol: UInt8 = 0
  /// IPv4 identification; 0 for IPv6.
  package var identification: UInt16 = 0
  /// Offset of the network header in the frame, ARP's too.
  package var offset: UInt32 = 0
  /// IP total length in bytes (IPv6: 40 + payload length). For a zero length field (BIG TCP, TSO) the
  /// length that the frame's original size leaves.
  package var length: UInt32 = 0
  package var source = IPAddress.unspecified
  package var destination = IPAddress.unspecified
  package var dontFragment = false
  /// Whether this is a fragment (IPv4: offset or MF set; IPv6: a fragment header that is not atomic).
  package var isFragment = false
  package var moreFragments = false
  /// In bytes.
  package var fragmentOffset: UInt16 = 0
  /// Identification shared by all fragments of a packet: 16 bits for IPv4, 32 for IPv6; 0 unless a fragment.
  package var fragmentIdentification: UInt32 = 0
}

/// The transport header after the innermost IP header.
///
/// Where the capture cut the header, `isHeaderComplete` is false and this may still be trusted: ports if
/// `hasPorts`, TCP's sequence and acknowledgment if `hasSequence`, and everything up to `payloadLength`
/// if `PacketSummary.identity` is not 0 (the fixed header was captured, only options are missing).
package struct TransportSummary: BitwiseCopyable, Sendable {
  /// Whether ports (TCP, UDP, SCTP) could be read.
  package var hasPorts = false
  package var sourcePort: UInt16 = 0
  package var destinationPort: UInt16 = 0
  /// Whether TCP's sequence and acknowledgment numbers could be read.
  package var hasSequence = false
  package var sequence: UInt32 = 0
  package var acknowledgment: UInt32 = 0
  /// TCP flags: CWR ECE URG ACK PSH RST SYN FIN, from most significant.
  package var flags: UInt8 = 0
  /// TCP window, unscaled.
  package var window: UInt16 = 0
  /// TCP's TSval, which tells a segment that is sent again from the first one; 0 where there is none, and where
  /// an IP identification tells.
  package var timestamp: UInt32 = 0
  package var icmpType: UInt8 = 0
  package var icmpCode: UInt8 = 0
  /// Identifier and sequence number of an ICMP or ICMPv6 echo or timestamp message.
  package var icmpIdentifier: UInt16 = 0
  package var icmpSequence: UInt16 = 0
  /// Bytes after the transport header according to the IP length (not to what was captured).
  package var payloadLength: UInt32 = 0
  /// Whether the transport header was captured whole, options included; false without one.
  package var isHeaderComplete = false
  /// A tunnel that is recognised but cannot be looked into: WireGuard, else `none`.
  package var opaqueTunnel = Encapsulation.none
  /// Why this is not the tunnel that its port or protocol number announces.
  package var tunnelRefusal = TunnelRefusal.none
  /// Digest of the first bytes of the payload (`DecodingOptions.digestLengths` of them, fewer if the
  /// payload is shorter); 0 where there is no payload, where the capture cut it earlier, for ICMP
  /// errors, whose payload quotes addresses that translation rewrites, and for TCP with an IP
  /// identification, whose numbers are enough.
  package var payloadDigest: UInt32 = 0
  /// Whether the bytes that are needed for it were all captured.
  package var isDigestComplete = false
}

/// The layer at which a header was found too short or wrong.
package enum Layer: UInt8, BitwiseCopyable, Sendable {
  case link, vlan, arp, ipv4, ipv6, ipv6Extension, tcp, udp, icmp, sctp, vxlan
}

/// Why the decoding of a frame ended.
package enum DecodingEnd: BitwiseCopyable, Sendable, Equatable {
  /// At the transport payload, or at a transport protocol that this module does not know.
  case complete
  /// At an EtherType or link protocol that is not IP; ARP is one.
  case notIP(etherType: UInt16)
  /// The capture ends (snaplen) before the header does: bytes required and available, at an offset.
  case truncated(Layer, offset: UInt32)
  /// A field of the packet contradicts the specification or the packet's own length.
  case malformed(Layer, offset: UInt32)
}
