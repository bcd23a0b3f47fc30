/// A packet record's fields, and where it is in the window.
@usableFromInline package struct RecordLocation: BitwiseCopyable, Sendable {
  /// Where the record begins, its header included. Positions in the window are valid until that is next asked
  /// for bytes.
  @usableFromInline let place: Int
  /// Where its captured bytes are.
  @usableFromInline let start: Int
  @usableFromInline let length: Int
  /// Where what stands behind the record begins.
  @usableFromInline let end: Int
  /// Length of the frame on the link; not less than what was captured.
  @usableFromInline package let originalLength: UInt32
  /// Nanoseconds since 1970.
  @usableFromInline package let time: Int64
  /// Index into the reader's `interfaces`.
  @usableFromInline package let interface: Int

  @inlinable
  init(
    place: Int, start: Int, length: Int, end: Int, originalLength: UInt32, time: Int64,
    interface: Int
  ) {
    self.place = place
    self.start = start
    self.length = length
    self.end = end
    self.originalLength = originalLength
    self.time = time
    self.interface = interface
  }

  /// The place of no record.
  static let none = RecordLocation(
    place: 0, start: 0, length: 0, end: 0, originalLength: 0, time: 0, interface: 0)

  /// More than the longest packet that Linux hands to a capture (BIG TCP: 8 × 65,535 bytes).
  @inlinable static var maximumLength: Int { 1 << 20 }
}
