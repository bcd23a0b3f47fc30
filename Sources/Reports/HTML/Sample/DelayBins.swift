import Glibc

/// How often delays of each magnitude were met: four bins to each doubling, for drawing.
struct DelayBins: Sendable {
  /// Delays up to 2⁴⁰ ns, 18 minutes; longer ones count as such. Bin 0 is for those below 1 ns, which
  /// clocks of different capture sockets make.
  static let count = 1 + 4 * 40

  private(set) var counts = [UInt32](repeating: 0, count: count)
  private(set) var total: UInt64 = 0

  mutating func add(_ delay: Int64) {
    let bin = Self.bin(of: delay)
    counts[bin] &+= 1
    total += 1
  }

  mutating func add(_ other: DelayBins) {
    for bin in counts.indices { counts[bin] &+= other.counts[bin] }
    total += other.total
  }

  static func bin(of delay: Int64) -> Int {
    guard delay > 0 else { return 0 }
    return min(1 + Int(log2(Double(delay)) * 4), count - 1)
  }

  /// The nanoseconds at which a bin begins.
  static func start(of bin: Int) -> Double {
    bin == 0 ? 0 : exp2(Double(bin - 1) / 4)
  }

  /// The middle of the bin that holds this part (0 to 1) of the delays; nil if there are none.
  func quantile(_ part: Double) -> Double? {
    guard total > 0 else { return nil }
    let goal = max(1, UInt64((Double(total) * part).rounded(.up)))
    var sum: UInt64 = 0
    for (bin, count) in counts.enumerated() {
      sum += UInt64(count)
      if sum >= goal { return bin == 0 ? 1 : Self.start(of: bin) * exp2(0.125) }
    }
    return nil
  }

  /// The bins between the first and the last that hold anything.
  var filled: ClosedRange<Int>? {
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else { return nil }
    return first...last
  }
}
