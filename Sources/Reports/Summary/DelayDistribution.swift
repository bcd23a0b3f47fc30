import Histogram

/// How long packets took over one leg: a histogram of fixed size, and what it cannot hold.
///
/// Percentiles are right to two significant digits (1 %); negative delays, which clocks of
/// different capture sockets make, count as 0 in them.
struct DelayDistribution: Sendable {
  /// Longer delays than an hour count as one.
  private static let longest: Int64 = 3_600_000_000_000

  /// Has room for most delays from the start, as it grows slowly.
  private var histogram = {
    var histogram = Histogram<UInt64>(
      highestTrackableValue: 1 << 24, numberOfSignificantValueDigits: .two)
    histogram.autoResize = true
    return histogram
  }()
  /// Counts on their way into the histogram: most delays are equal to one before, within 1 %.
  private var pending = InlineArray<256, Pending>(repeating: Pending())
  private(set) var count: UInt64 = 0
  /// Nanoseconds, below 0 too.
  private(set) var minimum = Int64.max
  private(set) var maximum = Int64.min
  /// The same of delays that the histogram holds as they are.
  private var shortestRecorded = Int64.max
  private var longestRecorded = Int64.min
  /// Number of delays below 0.
  private(set) var negative: UInt64 = 0

  /// Delays that are equal in their first eight bits, as many as the histogram tells apart, and how many they are: in
  /// one word, so that those of many legs fit the cache.
  private struct Pending: Sendable {
    private static let shift = UInt64(Double.significandBitCount - 7)
    /// A sign, which is never set, and the exponent and the bits behind it leave the others to the count.
    private static let countBits = shift + 1

    private var word: UInt64 = 0

    init() {}

    init(cell: UInt64, count: UInt64) { word = cell << Self.countBits | count }

    /// The first bits of a delay as a floating-point number: they begin with the first one that is set.
    @inline(__always)
    static func cell(of delay: Int64) -> UInt64 { Double(delay).bitPattern >> shift }

    @inline(__always)
    var cell: UInt64 { word >> Self.countBits }

    var count: UInt64 { word & (1 << Self.countBits - 1) }

    /// The shortest of the delays, in nanoseconds.
    var delay: UInt64 { UInt64(Double(bitPattern: cell << Self.shift)) }

    @inline(__always)
    mutating func countOne() { word &+= 1 }
  }

  @inline(__always)
  mutating func add(_ delay: Int64) {
    count &+= 1
    if delay >= shortestRecorded && delay <= longestRecorded { record(delay) } else { widen(delay) }
  }

  /// Counts a delay that is shorter or longer than all before, or that the histogram does not hold.
  @inline(never)
  private mutating func widen(_ delay: Int64) {
    minimum = min(minimum, delay)
    maximum = max(maximum, delay)
    if delay < 0 { negative += 1 }
    let recorded = min(max(0, delay), Self.longest)
    if recorded == delay {
      shortestRecorded = min(shortestRecorded, delay)
      longestRecorded = max(longestRecorded, delay)
    }
    record(recorded)
  }

  @inline(__always)
  private mutating func record(_ delay: Int64) {
    let cell = Pending.cell(of: delay)
    let slot = Int(truncatingIfNeeded: cell) & (pending.count - 1)
    if pending[slot].cell == cell {
      pending[slot].countOne()
    } else {
      replace(slot, by: cell)
    }
  }

  @inline(never)
  private mutating func replace(_ slot: Int, by cell: UInt64) {
    Self.settle(pending[slot], in: &histogram)
    pending[slot] = Pending(cell: cell, count: 1)
  }

  @inline(never)
  private static func settle(_ delays: Pending, in histogram: inout Histogram<UInt64>) {
    guard delays.count > 0 else { return }
    histogram.record(delays.delay, count: delays.count)
  }

  /// The same, prepared to be asked for several percentiles.
  var settled: SettledDelays {
    // An own copy: the elements of a property are not read without one.
    let pending = self.pending
    var histogram = self.histogram
    for index in pending.indices { Self.settle(pending[index], in: &histogram) }
    return SettledDelays(histogram: histogram, minimum: minimum, maximum: maximum)
  }

  /// The delay in nanoseconds that `percent` of the packets did not exceed; needs at least one
  /// packet.
  func percentile(_ percent: Double) -> Int64 { settled.percentile(percent) }
}

/// A distribution of delays to which none are added any more.
struct SettledDelays: Sendable {
  fileprivate let histogram: Histogram<UInt64>
  /// Nanoseconds, below 0 too.
  let minimum: Int64
  let maximum: Int64

  /// The delay in nanoseconds that `percent` of the packets did not exceed; needs at least one
  /// packet.
  func percentile(_ percent: Double) -> Int64 {
    let value = histogram.medianEquivalentForValue(histogram.valueAtPercentile(percent))
    return min(max(Int64(value), minimum), max(0, maximum))
  }
}
