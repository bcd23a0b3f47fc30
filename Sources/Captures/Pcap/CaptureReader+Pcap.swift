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

  /// Whether plausible records follow each other from the position on, some of them and for `length` bytes, or up to
  /// the very end of the file; the position moves behind the last one.
  mutating func isPcapChain(
    _ header: PcapHeader, after first: PcapRecordHeader, length: Int
  ) -> Bool {
    let chain = header.chain(
      in: window.bytesAtHand(), from: window.position, after: first, length: length)
    window.move(to: chain.end)
    return chain.isWhole
  }
}

extension PcapHeader {
  /// Where plausible records end that follow each other from a place on, and whether some do so for `length` bytes,
  /// or all up to the end.
  fileprivate func chain(
    in bytes: RawSpan, from start: Int, after first: PcapRecordHeader, length: Int
  ) -> (end: Int, isWhole: Bool) {
    let headerLength = recordHeaderLength
    var place = start
    var previous = first
    var count = 0
    while place < bytes.byteCount, place &- start <= length || count < CaptureReader.leastChainCount
    {
      guard bytes.byteCount &- place >= headerLength else { return (place, false) }
      let record = unsafe PcapRecordHeader(bytes, at: place, self)
      guard record.isPlausible(self, after: previous, isNext: place > start),
        bytes.byteCount &- place >= headerLength &+ Int(record.capturedLength)
      else { return (place, false) }
      place &+= headerLength &+ Int(record.capturedLength)
      previous = record
      count &+= 1
    }
    return (place, true)
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
