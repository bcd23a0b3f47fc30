/// What one input contributed to one point.
package struct PointCounters: Sendable {
  /// All frames, also those without an IP packet.
  package var frames: UInt64 = 0
  /// Frames with an IP packet: observations.
  package var observations: UInt64 = 0
  /// Observations that were in a tunnel.
  package var encapsulated: UInt64 = 0
  /// Recorded times of the first and the last frame, nanoseconds since 1970.
  package var first: Int64 = .max
  package var last: Int64 = .min

  mutating func add(_ other: PointCounters) {
    frames += other.frames
    observations += other.observations
    encapsulated += other.encapsulated
    first = min(first, other.first)
    last = max(last, other.last)
  }
}

/// A frame that contradicts itself or its format.
package struct MalformedFrame: Sendable {
  package var file: UInt16
  package var frame: UInt64
  package var layer: String
  /// Bytes from the start of the frame.
  package var offset: UInt32
}
