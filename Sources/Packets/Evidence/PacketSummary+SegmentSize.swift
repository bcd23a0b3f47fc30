extension PacketSummary {
  /// The maximum segment size that a SYN announces, in bytes; nil without one. RFC 9293, section 3.7.1.
  package func maximumSegmentSize(in frame: borrowing RawSpan) -> UInt16? {
    guard network.transportProtocol == IPProtocol.tcp.rawValue, transport.flags & 0x02 != 0,
      transport.isHeaderComplete, transportFollowsHeader(in: frame)
    else { return nil }
    let start = Int(network.offset) + networkHeaderLength(in: frame)
    guard start + 20 <= frame.byteCount else { return nil }
    let end = min(frame.byteCount, start + Int(frame.byte(at: start + 12) >> 4) * 4)
    var option = start + 20
    while option + 4 <= end {
      switch frame.byte(at: option) {
      case 0: return nil
      case 1: option += 1
      case 2: return frame.byte(at: option + 1) == 4 ? frame.networkUInt16(at: option + 2) : nil
      default:
        let length = Int(frame.byte(at: option + 1))
        guard length >= 2 else { return nil }
        option += length
      }
    }
    return nil
  }
}
