/// The tunnel: fills `PacketSummary.tunnel` and starts again at the encapsulated frame.
extension PacketDecoder {
  /// `payload` is what was captured of a UDP payload of `length` bytes on the wire.
  func recognisesVXLAN(_ payload: RawSpan, length: Int, in summary: PacketSummary) -> Bool {
    guard summary.tunnel.depth < Self.maximumTunnelDepth else { return false }
    do throws(HeaderError) {
      let packet = try VXLANPacket(payload)
      guard packet.hasValidVNI else { return false }
      let frame = EncapsulatedFrame(
        payload.extracting(droppingFirst: VXLANPacket.headerLength),
        length: length - VXLANPacket.headerLength)
      if options.vxlanPorts.contains(summary.transport.destinationPort) {
        return frame.isPlausible(afterStandardHeader: packet.isStandard)
      }
      return packet.isStandard && frame.isConsistent
    } catch {
      return false
    }
  }

  /// `bytes` were recognised as VXLAN and begin with its header.
  func decodeVXLAN(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try VXLANPacket(bytes.captured)
      summary.tunnel.encapsulation = .vxlan
      summary.tunnel.depth += 1
      summary.tunnel.source = summary.network.source
      summary.tunnel.destination = summary.network.destination
      summary.tunnel.sourcePort = summary.transport.sourcePort
      summary.tunnel.destinationPort = summary.transport.destinationPort
      summary.tunnel.vni = packet.vni
      summary.tunnel.flags = packet.flags
      summary.tunnel.reserved = packet.reserved
      summary.tunnel.identification = summary.network.identification
      summary.tunnel.timeToLive = summary.network.timeToLive
      summary.tunnel.trafficClass = summary.network.trafficClass
      summary.network = NetworkSummary()
      summary.transport = TransportSummary()
      return decodeEthernet(bytes.dropping(VXLANPacket.headerLength), into: &summary)
    } catch {
      return bytes.end(error, at: .vxlan)
    }
  }
}
