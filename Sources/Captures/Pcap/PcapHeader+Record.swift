extension PcapHeader {
  /// The record at a place of the bytes at hand; nil if it is not whole, or impossible.
  @inlinable @inline(__always)
  func record(in bytes: RawSpan, at place: Int) -> RecordLocation? {
    let available = bytes.byteCount &- place
    guard available >= recordHeaderLength else { return nil }
    let record = unsafe PcapRecordHeader(bytes, at: place, self)
    let length = recordHeaderLength &+ Int(record.capturedLength)
    guard record.capturedLength <= RecordLocation.maximumLength, available >= length else {
      return nil
    }
    return RecordLocation(
      place: place,
      start: place &+ recordHeaderLength,
      length: Int(record.capturedLength),
      end: place &+ length,
      originalLength: max(record.originalLength, record.capturedLength),
      time: record.time(self),
      interface: 0
    )
  }
}
