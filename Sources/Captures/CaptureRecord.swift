/// One packet record of a capture: a view into the file, valid until the reader moves on.
package struct CaptureRecord: ~Escapable {
  /// The captured bytes, starting with the link-layer header.
  package let bytes: RawSpan
  /// Time of capture in nanoseconds since 1970-01-01 UTC, as recorded; 0 where the format has none
  /// (pcapng's Simple Packet Block).
  package let time: Int64
  /// Length of the frame on the link, in bytes; not less than what was captured.
  package let originalLength: UInt32
  /// Index into the reader's `interfaces`.
  package let interface: Int
  /// 1-based number of the packet record in its file, over all interfaces (as Wireshark counts).
  /// 0 if the reader was placed in the middle of the file.
  package let frame: UInt64

  @_lifetime(copy bytes)
  package init(bytes: RawSpan, time: Int64, originalLength: UInt32, interface: Int, frame: UInt64) {
    self.bytes = bytes
    self.time = time
    self.originalLength = originalLength
    self.interface = interface
    self.frame = frame
  }
}
