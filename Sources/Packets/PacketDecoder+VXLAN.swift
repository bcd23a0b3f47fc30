/// VXLAN: fills `PacketSummary.tunnel` and starts again at the encapsulated frame.
extension PacketDecoder {
  /// Whether a UDP payload is VXLAN.
  @inline(always)
  func recognisesVXLAN(_ payload: borrowing WireBytes, destinationPort: UInt16) -> Bool {
    do throws(HeaderError) {
      let packet = try VXLANPacket(payload.captured)
      guard packet.hasValidVNI else { return false }
      let frame = EncapsulatedFrame(payload.dropping(VXLANPacket.headerLength))
      if options.vxlanPorts.contains(destinationPort) {
        return frame.isPlausible(after: packet.certainty)
      }
      return packet.isStandard && frame.isConsistent
    } catch {
      return false
    }
  }

  /// Notes why a datagram to one of VXLAN's ports is none, unless too little of it was captured to tell.
  @inline(always)
  func noteRefusedVXLAN(
    _ payload: borrowing WireBytes, destinationPort: UInt16, into summary: inout PacketSummary
  ) {
    guard options.vxlanPorts.contains(destinationPort), summary.tunnel.depth < maximumTunnelDepth,
      summary.transport.tunnelRefusal == .none
    else { return }
    do throws(HeaderError) {
      let hasFlag = try VXLANPacket(payload.captured).hasValidVNI
      summary.transport.tunnelRefusal = hasFlag ? .vxlanPayload : .vxlanFlag
    } catch  where payload.length < VXLANPacket.headerLength {
      summary.transport.tunnelRefusal = .vxlanLength
    } catch {}
  }

  /// `bytes` were recognised as VXLAN and begin with its header.
  @inline(always)
  func decodeVXLAN(_ bytes: WireBytes, into summary: inout PacketSummary) -> DecodingEnd {
    do throws(HeaderError) {
      let packet = try VXLANPacket(bytes.captured)
      let header = TunnelHeader(
        encapsulation: .vxlan, vni: packet.vni, flags: packet.flags, reserved: packet.reserved)
      let frame = bytes.dropping(VXLANPacket.headerLength)
      enterTunnel(header, payload: frame, etherType: .transparentEthernet, into: &summary)
      return decodeEthernet(frame, into: &summary)
    } catch {
      return bytes.end(error, at: .vxlan)
    }
  }
}
