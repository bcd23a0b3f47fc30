/// draft-ietf-opsawg-pcap, sections 4 and 5; see PcapHeader and PcapRecordHeader for the diagrams.
extension CaptureWriter {
  mutating func appendPcapHeader(_ linkType: LinkType) {
    buffer.begin(length: PcapHeader.length)
    buffer.append(UInt32(0xa1b2_3c4d))  // The fractions are nanoseconds.
    buffer.append(UInt16(2))
    buffer.append(UInt16(4))
    buffer.append(UInt64(0))
    buffer.append(UInt32(Self.maximumPacketLength))
    buffer.append(UInt32(linkType.rawValue))
  }

  @inline(__always)
  mutating func appendPcapRecord(_ packet: RawSpan, time: Int64, originalLength: UInt32) {
    let (seconds, fraction) = UInt64(max(time, 0)).quotientAndRemainder(
      dividingBy: 1_000_000_000)
    buffer.begin(length: 16 + packet.byteCount)
    buffer.append(words: [
      UInt32(clamping: seconds), UInt32(truncatingIfNeeded: fraction),
      UInt32(truncatingIfNeeded: packet.byteCount), originalLength,
    ])
    buffer.append(packet)
  }
}
