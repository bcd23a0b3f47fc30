public import CLinux

/// The records of one interface that follow each other among the bytes at hand, from the one on that the reader
/// has stepped to: read without a call for each. The reader stays where it is until `moveOn(behind:to:)`.
@safe
@usableFromInline package struct RecordRun: ~Escapable, BitwiseCopyable {
  /// All that is at hand.
  @usableFromInline let bytes: RawSpan
  /// Nil for a pcapng, whose section tells then.
  @usableFromInline let pcap: PcapHeader?
  @usableFromInline let packets: PcapngSection.Packets
  /// The record that the reader has stepped to.
  @usableFromInline let first: RecordLocation

  @_lifetime(copy bytes, copy packets)
  init(
    bytes: RawSpan, pcap: PcapHeader?, packets: PcapngSection.Packets, first: RecordLocation
  ) {
    self.bytes = bytes
    self.pcap = pcap
    self.packets = packets
    self.first = first
  }

  /// Where the first record begins.
  @inlinable package var place: Int { first.place }

  /// The record that begins at a place; nil if there is no packet of the interface, or not at hand or not as it
  /// should be, which the reader's `advance()` tells.
  @inlinable @inline(__always)
  @_lifetime(copy self)
  package func record(at place: Int) -> Record? {
    let found =
      if let pcap {
        pcap.record(in: bytes, at: place)
      } else {
        packets.enhancedPacket(in: bytes, at: place, of: first.interface)
      }
    guard let found else { return nil }
    let start = unsafe bytes.withUnsafeBytes {
      unsafe $0.baseAddress.unsafelyUnwrapped + found.start
    }
    let record = unsafe Record(
      bytes: RawSpan(_unsafeStart: start, byteCount: found.length),
      originalLength: found.originalLength, time: found.time, end: found.end)
    return unsafe _overrideLifetime(record, copying: self)
  }
}

extension RecordRun {
  /// Asks for the memory of records behind the one that begins at a place, before they are needed. Where they begin
  /// is told by headers that have to come from memory first: the guess is that records are short, or as long as the
  /// longest one. Where it is right, several are on their way at once.
  ///
  /// - Parameter longest: bytes of the longest record so far, with its header.
  @inlinable @inline(__always)
  package func expectRecords(behind place: Int, longest: Int) {
    let next = unsafe bytes.withUnsafeBytes { unsafe $0.baseAddress.unsafelyUnwrapped + place }
    // Behind the headers of a short one, which is asked for with the record before.
    unsafe vxhop_prefetch(next + 128)
    unsafe vxhop_prefetch(next + longest)
    unsafe vxhop_prefetch(next + 2 &* longest)
  }
}

extension RecordRun {
  /// One of the records. Of so few fields that the compiler keeps each in a register.
  @usableFromInline package struct Record: ~Escapable, BitwiseCopyable {
    /// The captured ones.
    @usableFromInline package let bytes: RawSpan
    /// Length of the frame on the link; not less than what was captured.
    @usableFromInline package let originalLength: UInt32
    /// Nanoseconds since 1970.
    @usableFromInline package let time: Int64
    /// Where the next record is to begin.
    @usableFromInline package let end: Int

    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    init(bytes: RawSpan, originalLength: UInt32, time: Int64, end: Int) {
      self.bytes = bytes
      self.originalLength = originalLength
      self.time = time
      self.end = end
    }
  }
}
