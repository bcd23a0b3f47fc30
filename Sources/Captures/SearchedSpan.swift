/// Where in a capture, in bytes, a moment is searched for, and the times of the records there.
struct SearchedSpan {
  var low: (offset: UInt64, time: Int64)
  var high: (offset: UInt64, time: Int64)
  private var probes = 0

  init(low: (offset: UInt64, time: Int64), high: (offset: UInt64, time: Int64)) {
    self.low = low
    self.high = high
  }

  var length: UInt64 { high.offset - low.offset }

  /// Where to look next: a margin before the place where the time would be if records came evenly, behind it once that
  /// is near, and each third time in the middle, for they may come otherwise.
  ///
  /// - Parameters:
  ///   - time: after that of `low`.
  ///   - margin: by so much at least the span is shortened, which is longer than twice that.
  mutating func nextProbe(for time: Int64, margin: UInt64) -> UInt64 {
    probes += 1
    guard probes % 3 != 0, high.time > low.time else { return low.offset + length / 2 }
    // Whole numbers: as fractions, times of today that lie close together would be equal.
    let elapsed = Double(UInt64(bitPattern: time &- low.time))
    let share = elapsed / Double(UInt64(bitPattern: high.time &- low.time))
    let even = UInt64(Double(length) * min(share, 1))
    let probe = even > 2 * margin ? even - margin : even + margin
    return low.offset + min(max(probe, margin), length - margin)
  }
}
