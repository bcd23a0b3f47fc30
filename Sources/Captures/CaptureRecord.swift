/// One packet record of a capture: a view into the file, valid until the reader moves on.
package struct CaptureRecord: ~Escapable {
  /// The captured bytes, starting with the link-layer header.
  package let bytes: RawSpan
  /// Time of capture in nanoseconds since 1970-01-01 UTC, as recorded.
  package let time: Int64
  /// Length of the frame on the link, in bytes; not less than what was captured.
  package let originalLength: UInt32
  /// Index into the reader's `interfaces`.
  package let interface: Int
  /// 1-based number of the packet record in its file, over all interfaces (as Wireshark counts).
  package let frame: UInt64
}
