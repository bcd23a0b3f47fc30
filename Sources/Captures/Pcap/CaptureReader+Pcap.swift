extension CaptureReader {
  /// Finds out in which layout the records of a stream are, and steps over the first one; false at the end, and
  /// while it is not at hand.
  mutating func firstPcapRecord(_ header: PcapHeader) throws(CaptureError) -> Bool {
    while true {
      if let header = header.recognised(in: window) {
        format = .pcap(header)
        return try nextPcapRecord(header)
      }
      // What cannot be read is told to whoever reads up to there.
      let hasMore = (try? window.holds(window.available + 1)) == true
      if !hasMore && !window.isComplete { return false }
    }
  }

  /// Steps over the next record of a pcap and remembers its place; false at the end.
  @inline(__always)
  mutating func nextPcapRecord(_ header: PcapHeader) throws(CaptureError) -> Bool {
    guard try window.holds(header.recordHeaderLength) else {
      if window.available == 0 {
        return false
      }
      throw truncated("record header", needed: header.recordHeaderLength, isPacket: true)
    }
    let record = PcapRecordHeader(in: window, header)
    guard record.capturedLength <= RecordLocation.maximumLength else {
      throw impossibleCapturedLength(record.capturedLength)
    }
    let length = header.recordHeaderLength + Int(record.capturedLength)
    guard try window.holds(length) else {
      throw truncated("record", needed: length, isPacket: true)
    }
    guard let location = header.record(in: window.bytesAtHand(), at: window.position) else {
      return false
    }
    take(location)
    return true
  }

  /// Whether plausible records follow each other from the position on, for `length` bytes or up to
  /// the very end of the file; the position moves along.
  mutating func isPcapChain(
    _ header: PcapHeader, after first: PcapRecordHeader, length: Int
  ) -> Bool {
    let start = window.position
    var previous: PcapRecordHeader?
    while window.available > 0, window.position - start <= length {
      guard window.available >= header.recordHeaderLength else { return false }
      let record = PcapRecordHeader(in: window, header)
      let recordLength = header.recordHeaderLength + Int(record.capturedLength)
      guard
        record.isPlausible(header, after: previous ?? first, isNext: previous != nil),
        window.available >= recordLength
      else { return false }
      window.advance(by: recordLength)
      previous = record
    }
    return true
  }
}
