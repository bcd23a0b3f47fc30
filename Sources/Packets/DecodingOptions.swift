/// What the user says of the packets.
@usableFromInline package struct DecodingOptions: Sendable {
  /// UDP destination ports whose payload is taken for VXLAN even if its flags are unusual.
  @usableFromInline package var vxlanPorts = PortList([8472, 4789])
  /// UDP destination ports of other tunnels.
  package var vxlanGPEPort: UInt16 = 4790
  package var genevePort: UInt16 = 6081
  package var flannelUDPPort: UInt16 = 8285
  /// UDP ports, of either side: flannel's WireGuard devices for IPv4 and for IPv6.
  package var wireGuardPorts: ClosedRange<UInt16> = 51820...51821
  /// Tunnels inside each other that are followed, at most 4; what is deeper is the innermost
  /// packet's payload.
  package var maximumTunnelDepth: UInt8 = 4
  package var digestLengths = DigestLengths()

  package init() {}

  /// Whether the ports of a datagram name a tunnel other than VXLAN.
  @inline(always)
  func hasTunnelPort(source: UInt16, destination: UInt16) -> Bool {
    destination == genevePort || destination == vxlanGPEPort || destination == flannelUDPPort
      || wireGuardPorts.contains(destination) || wireGuardPorts.contains(source)
  }
}
