/// A frame as it is to be written.
struct OutputRecord: ~Escapable {
  let bytes: RawSpan
  /// In nanoseconds since 1970.
  let time: Int64
  /// On the link, in bytes.
  let originalLength: UInt32
  /// Number of its interface in the output.
  let interface: Int

  @inline(__always)
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, time: Int64, originalLength: UInt32, interface: Int) {
    self.bytes = bytes
    self.time = time
    self.originalLength = originalLength
    self.interface = interface
  }
}
