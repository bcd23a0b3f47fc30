/// The tunnel: fills `PacketSummary.tunnel` and starts again at the encapsulated frame.
extension PacketDecoder {
  /// Whether a UDP payload is VXLAN.
  @inline(always)
  func recognisesVXLAN(_ payload: borrowing WireBytes, destinationPort: UInt16) -> Bool {
    do throws(HeaderError) {
      let packet = try VXLANPacket(payload.captured)
      guard packet.hasValidVNI else { return false }
      let frame = EncapsulatedFrame(payload.dropping(VXLANPacket.headerLength))
      if options.vxlanPorts.contains(destinationPort) {
        return frame.isPlausible(afterStandardHeader: packet.isStandard)
      }
      return packet.isStandard && frame.isConsistent
    } catch {
      return false
    }
  }

  /// `bytes` were recognised as VXLAN and begin with its header.
  @inline(always)
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
      summary.identity = 0
      summary.link.hasEthernet = false
      summary.link.destination = 0
      summary.link.source = 0
      summary.link.etherType = 0
      return decodeEthernet(bytes.dropping(VXLANPacket.headerLength), into: &summary)
    } catch {
      return bytes.end(error, at: .vxlan)
    }
  }
}
