/// Chooses the moments at which captures are looked into to learn how clocks ran: evenly over their length,
/// then where a clock was set, until that is known closely.
struct SampleMoments {
  /// From one moment to the next at the least, and how many there are, so that the work is bounded.
  private static let spacing: Int64 = 2_000_000_000
  private static let evenLimit: Int64 = 16
  private static let limit = 128
  /// A step need not be known more closely, in nanoseconds.
  private static let narrow: Int64 = 1_000_000

  private var even: ArraySlice<Int64>
  private var remaining = Self.limit
  /// Spans in which nothing more was to be seen.
  private var settled: Set<Range<Int64>> = []
  private var asked: Range<Int64>?

  /// - Parameter span: when the captures were recording, on the reference's clock.
  init(_ span: ClosedRange<Int64>) {
    let length = span.upperBound - span.lowerBound
    let count = min(Self.evenLimit, length / Self.spacing)
    even = (0..<max(0, count)).map { span.lowerBound + length / count * ($0 + 1) }[...]
    // The last one is so near to the end that there is still something to read.
    if let last = even.popLast() { even.append(last - min(Self.spacing, length) / 4) }
  }

  /// The next moment, on the reference's clock, by what the others taught; nil if there is none.
  mutating func next(_ clocks: ClockModel) -> Int64? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    if let moment = even.popFirst() { return moment }
    let spans = clocks.uncertainSpans.filter { $0.upperBound - $0.lowerBound > Self.narrow }
    // The same as before: there was no packet in its middle.
    if let asked, spans.contains(asked) { settled.insert(asked) }
    asked = spans.first { !settled.contains($0) }
    return asked.map { $0.lowerBound + ($0.upperBound - $0.lowerBound) / 2 }
  }
}
