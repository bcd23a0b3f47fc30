/// Packet records of pcap.
///
/// draft-ietf-opsawg-pcap, section 5:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |                      Timestamp (Seconds)                      |
///     +---------------------------------------------------------------+
///     |            Timestamp (Microseconds or nanoseconds)            |
///     +---------------------------------------------------------------+
///     |                    Captured Packet Length                     |
///     +---------------------------------------------------------------+
///     |                    Original Packet Length                     |
///     +---------------------------------------------------------------+
///     /                          Packet Data                          /
///     +---------------------------------------------------------------+
extension CaptureReader {
  mutating func nextPcapRecord(_ header: PcapHeader) throws(CaptureError) -> RecordLocation? {
    guard try window.holds(header.recordHeaderLength) else {
      if window.available == 0 {
        return nil
      }
      throw truncated("record header", needed: header.recordHeaderLength, isPacket: true)
    }
    let seconds = window.integer(at: 0, as: UInt32.self, header.order)
    let fraction = window.integer(at: 4, as: UInt32.self, header.order)
    let capturedLength = window.integer(at: 8, as: UInt32.self, header.order)
    let originalLength = window.integer(at: 12, as: UInt32.self, header.order)
    guard capturedLength <= RecordLocation.maximumLength else {
      throw impossibleCapturedLength(capturedLength)
    }
    let length = header.recordHeaderLength + Int(capturedLength)
    guard try window.holds(length) else {
      throw truncated("record", needed: length, isPacket: true)
    }
    let start = window.position + header.recordHeaderLength
    window.advance(by: length)
    return RecordLocation(
      start: start,
      length: Int(capturedLength),
      originalLength: originalLength,
      // At most 2³² seconds and 2³² microseconds: far from overflow.
      time: Int64(seconds) * 1_000_000_000 + Int64(fraction) * header.fractionUnit,
      interface: 0
    )
  }
}
