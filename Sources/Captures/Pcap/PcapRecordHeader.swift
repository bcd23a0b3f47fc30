/// What precedes each packet of a pcap.
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
@usableFromInline struct PcapRecordHeader: BitwiseCopyable {
  private static let fieldsLength = 16

  @usableFromInline let seconds: UInt32
  /// In the file's unit; some writers leave it greater than a second, and it is carried.
  @usableFromInline let fraction: UInt32
  @usableFromInline let capturedLength: UInt32
  @usableFromInline let originalLength: UInt32

  /// Reads the one at the window's position. Traps unless the file's `recordHeaderLength` bytes are at hand.
  init(in window: borrowing ByteWindow, _ header: PcapHeader) {
    self.init(in: window, at: window.position, header)
  }

  init(in window: borrowing ByteWindow, at place: Int, _ header: PcapHeader) {
    unsafe self.init(window.bytes(from: place, count: Self.fieldsLength), at: 0, header)
  }

  /// - Parameter place: behind which there are `fieldsLength` bytes.
  @unsafe
  @inlinable @inline(__always)
  init(_ bytes: RawSpan, at place: Int, _ header: PcapHeader) {
    var fields = (
      unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt32.self),
      unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place &+ 4, as: UInt32.self),
      unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place &+ 8, as: UInt32.self),
      unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place &+ 12, as: UInt32.self)
    )
    // Only one branch, which is the same for each record of a file.
    if header.hasUsualFields {
      (seconds, fraction, capturedLength, originalLength) = fields
      return
    }
    if header.order != .host {
      fields = (
        fields.0.byteSwapped, fields.1.byteSwapped, fields.2.byteSwapped, fields.3.byteSwapped
      )
    }
    (seconds, fraction) = (fields.0, fields.1)
    switch header.lengthOrder {
    case .capturedFirst: (capturedLength, originalLength) = (fields.2, fields.3)
    case .originalFirst: (capturedLength, originalLength) = (fields.3, fields.2)
    case .lesserFirst:
      (capturedLength, originalLength) = (min(fields.2, fields.3), max(fields.2, fields.3))
    }
  }

  /// Nanoseconds since 1970: at most 2³² seconds and 2³² microseconds, far from overflow.
  @inlinable @inline(__always)
  func time(_ header: PcapHeader) -> Int64 {
    Int64(seconds) &* 1_000_000_000 &+ Int64(fraction) &* header.fractionUnit
  }

  /// Whether the fields do not contradict each other.
  func isConsistent(_ header: PcapHeader) -> Bool {
    Int64(fraction) &* header.fractionUnit < 1_000_000_000
      && capturedLength <= originalLength
      && capturedLength <= RecordLocation.maximumLength
  }

  /// Whether this looks like a record of a file, not like any other bytes.
  ///
  /// `previous` is the record before it if `isNext`, else another one of the same file, at most a
  /// year away.
  func isPlausible(_ header: PcapHeader, after previous: PcapRecordHeader, isNext: Bool) -> Bool {
    let day: UInt64 = 86_400
    let distance = (Int64(seconds) &- Int64(previous.seconds)).magnitude
    return distance <= (isNext ? day : 366 * day) && capturedLength > 0 && isConsistent(header)
  }
}
