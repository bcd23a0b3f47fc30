import Glibc

/// A logarithmic axis of delays, in nanoseconds, with a tick at each power of ten.
struct LogAxis {
  let lowest: Double
  let highest: Double
  let length: Double

  /// - Parameter bins: from the first to the last bin that any delay fell into.
  init(bins: ClosedRange<Int>, length: Double) {
    let first = max(1, DelayBins.start(of: bins.lowerBound))
    let last = max(first * 10, DelayBins.start(of: bins.upperBound + 1))
    lowest = log10(first)
    highest = log10(last)
    self.length = length
  }

  func place(of delay: Double) -> Double {
    let part = (log10(max(1, delay)) - lowest) / (highest - lowest)
    return min(max(0, part), 1) * length
  }

  /// Powers of ten on the axis.
  var ticks: [(place: Double, label: String)] {
    guard highest.isFinite, lowest.isFinite else { return [] }
    return (Int(lowest.rounded(.up))...max(Int(lowest.rounded(.up)), Int(highest))).map {
      let delay = pow(10, Double($0))
      return (place(of: delay), TextTimes.duration(Int64(delay)))
    }
  }
}
