import Captures

/// A frame as it was captured, or as it was put together from fragments, on its way to the output.
struct CapturedFrame: ~Escapable {
  let bytes: RawSpan
  /// In nanoseconds since 1970; without one that of the record before it.
  let time: Int64
  /// Whether the capture tells a time.
  let hasTime: Bool
  /// On the link, in bytes.
  let originalLength: UInt32
  /// In its file, from 1.
  let number: UInt64
  /// Number of its input, from 0.
  let file: Int
  let linkType: LinkType
  /// A number that `FrameOutput.addPoint` returned.
  let point: Int
  /// Fragments that it was put together from; 0 for a frame as it was captured.
  let fragmentCount: Int

  @inline(__always)
  @_lifetime(copy bytes)
  init(
    _ bytes: RawSpan, time: Int64, hasTime: Bool = true, originalLength: UInt32, number: UInt64,
    file: Int, linkType: LinkType, point: Int, fragmentCount: Int = 0
  ) {
    self.bytes = bytes
    self.time = time
    self.hasTime = hasTime
    self.originalLength = originalLength
    self.number = number
    self.file = file
    self.linkType = linkType
    self.point = point
    self.fragmentCount = fragmentCount
  }
}
