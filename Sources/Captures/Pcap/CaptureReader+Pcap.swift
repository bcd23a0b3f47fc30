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
  /// the very end of the file; the position moves there.
  mutating func isPcapChain(
    _ header: PcapHeader, after first: PcapRecordHeader, length: Int
  ) -> Bool {
    let start = window.position
    guard
      let end = header.endOfChain(
        in: window.bytesAtHand(), from: start, after: first, length: length)
    else { return false }
    window.move(to: end)
    return true
  }
}

extension PcapHeader {
  /// Where plausible records end that follow each other from a place on, for `length` bytes or up to the end; nil if
  /// they do not.
  fileprivate func endOfChain(
    in bytes: RawSpan, from start: Int, after first: PcapRecordHeader, length: Int
  ) -> Int? {
    let headerLength = recordHeaderLength
    var place = start
    var previous = first
    while place < bytes.byteCount, place &- start <= length {
      guard bytes.byteCount &- place >= headerLength else { return nil }
      let record = unsafe PcapRecordHeader(bytes, at: place, self)
      guard record.isPlausible(self, after: previous, isNext: place > start),
        bytes.byteCount &- place >= headerLength &+ Int(record.capturedLength)
      else { return nil }
      place &+= headerLength &+ Int(record.capturedLength)
      previous = record
    }
    return place
  }

  /// Where the first record at or after a place begins, of a chain that was found to begin at another.
  func placeOfRecord(atOrAfter place: Int, in bytes: RawSpan, from start: Int) -> Int? {
    var next = start
    while next < place {
      guard bytes.byteCount &- next >= recordHeaderLength else { return nil }
      let record = unsafe PcapRecordHeader(bytes, at: next, self)
      next &+= recordHeaderLength &+ Int(record.capturedLength)
    }
    return next < bytes.byteCount ? next : nil
  }
}
