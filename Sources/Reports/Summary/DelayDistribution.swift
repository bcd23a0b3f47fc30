/// How long packets took over one leg: how many took about how long, and what that cannot hold.
///
/// Percentiles are right to two significant digits (1 %); negative delays, which clocks of
/// different capture sockets make, count as 0 in them.
struct DelayDistribution: Sendable {
  /// Longer delays than an hour count as one.
  private static let longest: Int64 = 3_600_000_000_000

  /// Packets by the place of their delay's cell, up to that of the longest delay that was settled.
  private var counts: [UInt64] = []
  /// Counts on their way there: most delays are equal to one before, within 1 %.
  private var pending = InlineArray<256, Pending>(repeating: Pending())
  private(set) var count: UInt64 = 0
  /// Nanoseconds, below 0 too.
  private(set) var minimum = Int64.max
  private(set) var maximum = Int64.min
  /// The same of delays that are counted as they are.
  private var shortestRecorded = Int64.max
  private var longestRecorded = Int64.min
  /// Number of delays below 0.
  private(set) var negative: UInt64 = 0

  private struct Pending: Sendable {
    var cell = DelayCell(of: 0)
    var count: UInt64 = 0
  }

  @inline(__always)
  mutating func add(_ delay: Int64) {
    count &+= 1
    if delay >= shortestRecorded && delay <= longestRecorded { record(delay) } else { widen(delay) }
  }

  /// Counts a delay that is shorter or longer than all before, or too short or long to be counted as it is.
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
    let cell = DelayCell(of: delay)
    let slot = Int(truncatingIfNeeded: cell.bits) & (pending.count - 1)
    if pending[slot].cell == cell {
      pending[slot].count &+= 1
    } else {
      replace(slot, by: cell)
    }
  }

  @inline(never)
  private mutating func replace(_ slot: Int, by cell: DelayCell) {
    Self.settle(pending[slot], in: &counts)
    pending[slot] = Pending(cell: cell, count: 1)
  }

  private static func settle(_ delays: Pending, in counts: inout [UInt64]) {
    guard delays.count > 0 else { return }
    let place = delays.cell.place
    if place >= counts.count {
      counts.append(contentsOf: repeatElement(0, count: place + 1 - counts.count))
    }
    counts[place] += delays.count
  }

  /// The same, prepared to be asked for several percentiles.
  var settled: SettledDelays {
    var counts = self.counts
    let pending = self.pending.span
    for index in pending.indices { Self.settle(pending[index], in: &counts) }
    return SettledDelays(counts, minimum: minimum, maximum: maximum)
  }

  /// The delay in nanoseconds that `percent` of the packets did not exceed; needs at least one
  /// packet.
  func percentile(_ percent: Double) -> Int64 { settled.percentile(percent) }
}

/// A distribution of delays to which none are added any more.
struct SettledDelays: Sendable {
  /// Of the delays that there were: about how long, and packets that took no longer.
  private let steps: [(delay: Int64, packets: UInt64)]
  /// Nanoseconds, below 0 too.
  let minimum: Int64
  let maximum: Int64

  fileprivate init(_ counts: [UInt64], minimum: Int64, maximum: Int64) {
    self.minimum = minimum
    self.maximum = maximum
    var packets: UInt64 = 0
    var steps: [(delay: Int64, packets: UInt64)] = []
    for place in counts.indices where counts[place] > 0 {
      packets += counts[place]
      steps.append((DelayCell(at: place).middle, packets))
    }
    self.steps = steps
  }

  /// The delay in nanoseconds that `percent` of the packets did not exceed; needs at least one
  /// packet.
  func percentile(_ percent: Double) -> Int64 {
    let last = steps[steps.count - 1]
    let packets = (percent * Double(last.packets) / 100).rounded(.up)
    let step = steps.first { Double($0.packets) >= packets } ?? last
    return min(max(step.delay, minimum), max(0, maximum))
  }
}

/// Delays that are equal in their first eight bits.
private struct DelayCell: Equatable, Sendable {
  /// The first bits of the delay as a floating-point number: they begin with the first one that is set.
  let bits: UInt64

  private static let shift = UInt64(Double.significandBitCount - 7)
  private static let first = DelayCell(of: 1)

  /// - Parameter delay: in nanoseconds, not below 0.
  @inline(__always)
  init(of delay: Int64) { bits = Double(delay).bitPattern >> Self.shift }

  init(at place: Int) { bits = place == 0 ? 0 : Self.first.bits + UInt64(place - 1) }

  /// Counted from that of no delay on, in the order of time.
  var place: Int { bits == 0 ? 0 : Int(bits - Self.first.bits) + 1 }

  /// In nanoseconds.
  var middle: Int64 {
    guard bits > 0 else { return 0 }
    return Int64(Double(bitPattern: bits << Self.shift | 1 << (Self.shift - 1)))
  }
}
