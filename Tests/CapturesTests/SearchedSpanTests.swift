import Testing

@testable import Captures

/// How many looks it takes to find a moment in a capture of 16 GB.
@Suite struct SearchedSpanTests {
  static let size: UInt64 = 16 << 30
  static let walk: UInt64 = 1 << 20

  /// Looks until the moment lies in a span that is short enough to walk through.
  static func looks(for time: Int64, last: Int64, _ times: (UInt64) -> Int64) -> Int {
    var span = SearchedSpan(low: (offset: 0, time: times(0)), high: (offset: size, time: last))
    var looks = 0
    while span.length > walk, span.low.time < time, looks < 1_000 {
      looks += 1
      let place = span.nextProbe(for: time, margin: walk / 4)
      guard place > span.low.offset, place < span.high.offset else { return .max }
      let found = times(place)
      if found < time { span.low = (place, found) } else { span.high = (place, found) }
    }
    return looks
  }

  /// Halving takes 14.
  @Test func evenRecordsAreFoundAtOnce() {
    let start: Int64 = 1_700_000_000_000_000_000
    let times = { @Sendable (place: UInt64) in start + Int64(place) * 7 }
    let last = times(Self.size)
    for tenth in 1...9 {
      let time = start + (last - start) / 10 * Int64(tenth)
      #expect(Self.looks(for: time, last: last, times) <= 3)
    }
  }

  /// Three times as many as by halving, whatever the times are.
  @Test func othersTakeNotMuchLonger() {
    let burst = { @Sendable (place: UInt64) in place < Self.size / 3 ? Int64(0) : Int64(place) }
    let extremes = { @Sendable (place: UInt64) in place < Self.size / 7 ? Int64.min : Int64.max }
    let still = { @Sendable (place: UInt64) in
      Int64(1_700_000_000_000_000_000) + (place < Self.size / 5 * 3 ? 0 : 1)
    }
    for times in [burst, extremes, still] {
      for place in stride(from: Self.size / 100, to: Self.size, by: Int(Self.size / 100)) {
        for last in [times(Self.size), 0, .min, .max] {
          #expect(Self.looks(for: times(place), last: last, times) <= 42)
        }
      }
    }
  }
}
