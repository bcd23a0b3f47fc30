import Histogram

/// How long packets took over one leg: a histogram of fixed size, and what it cannot hold.
///
/// Percentiles are right to two significant digits (1 %); negative delays, which clocks of
/// different capture sockets make, count as 0 in them.
struct DelayDistribution: Sendable {
  /// Longer delays than an hour count as one.
  private static let longest: Int64 = 3_600_000_000_000

  private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .two)
  private(set) var count: UInt64 = 0
  /// Nanoseconds, below 0 too.
  private(set) var minimum = Int64.max
  private(set) var maximum = Int64.min
  /// Number of delays below 0.
  private(set) var negative: UInt64 = 0

  mutating func add(_ delay: Int64) {
    count += 1
    minimum = min(minimum, delay)
    maximum = max(maximum, delay)
    if delay < 0 { negative += 1 }
    histogram.record(UInt64(min(max(0, delay), Self.longest)))
  }

  /// The delay in nanoseconds that `percent` of the packets did not exceed; needs at least one
  /// packet.
  func percentile(_ percent: Double) -> Int64 {
    let value = histogram.medianEquivalentForValue(histogram.valueAtPercentile(percent))
    return min(max(Int64(value), minimum), max(0, maximum))
  }
}
