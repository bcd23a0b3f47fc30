/// A packet record's fields, and where its bytes are in the window.
package struct RecordLocation: BitwiseCopyable, Sendable {
  /// Position in the window; valid until the window is next asked for bytes.
  let start: Int
  let length: Int
  /// Length of the frame on the link; not less than what was captured.
  package let originalLength: UInt32
  /// Nanoseconds since 1970.
  package let time: Int64
  /// Index into the reader's `interfaces`.
  package let interface: Int

  /// The place of no record.
  static let none = RecordLocation(start: 0, length: 0, originalLength: 0, time: 0, interface: 0)

  /// More than the longest packet that Linux hands to a capture (BIG TCP: 8 × 65,535 bytes).
  static let maximumLength = 1 << 20
}
