/// The way between two points that packets crossed one after the other.
struct Leg: Sendable {
  let from: UInt16
  let to: UInt16
  /// Packets seen at both ends whose delay could not be measured.
  private var unmeasured: UInt64 = 0
  /// Packets seen last at `from` and expected at `to`.
  private(set) var lost: UInt64 = 0
  private var measured = DelayDistribution()
  /// The largest bound of a delay's error, in nanoseconds.
  private(set) var delayError: Int64 = 0

  init(from: UInt16, to: UInt16) {
    self.from = from
    self.to = to
  }

  /// Packets seen at both ends.
  var crossed: UInt64 { measured.count + unmeasured }
  var packets: UInt64 { crossed + lost }

  /// Nil until a delay could be measured.
  var delays: DelayDistribution? { measured.count > 0 ? measured : nil }

  /// Counts a packet seen at both ends.
  @inline(__always)
  mutating func cross(delay: Int64?, error: Int64?) {
    guard let delay else {
      unmeasured &+= 1
      return
    }
    if let error, error > delayError { delayError = error }
    measured.add(delay)
  }

  /// Counts a packet that was not seen at the other end.
  mutating func lose() { lost += 1 }
}
