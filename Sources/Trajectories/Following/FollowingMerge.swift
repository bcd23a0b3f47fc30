/// Brings the rows of followed sources into one order of corrected time.
///
/// A row is handed on once no source can bring an earlier one. A source that is silent and does not say
/// up to when it has told everything is waited for, but not for long.
@safe
struct FollowingMerge {
  /// How long a row waits for silent sources, in nanoseconds of the monotonic clock: longer than the second
  /// that tcpdump lets the kernel hold packets back for.
  static let patience: Int64 = 1_500_000_000

  /// How much later than others a row may come and still be joined to its packet, in nanoseconds.
  private let span: Int64
  private(set) var sources: [FollowedSource] = []
  /// Corrected time of the row that was handed on last.
  private(set) var lastTime = Int64.min
  private var lastArrival: Int64 = 0
  /// Rows that came too late to be joined.
  private(set) var lateCount: UInt64 = 0

  init(span: Int64) {
    self.span = span
  }

  mutating func add(_ source: FollowedSource) { sources.append(source) }

  /// Whether nothing is left and nothing more can come.
  var isAtEnd: Bool { sources.allSatisfy { $0.hasEnded && $0.isEmpty } }

  /// Takes in what has come from all sources.
  ///
  /// - Parameter followedClocks: looks at the rows.
  mutating func read(
    at now: Int64, _ followedClocks: inout FollowedClocks, clocks: ClockModel,
    table: inout PointTable
  ) {
    for source in sources
    where source.read(at: now, &followedClocks, clocks: clocks, table: &table) {
      lastArrival = now
    }
  }

  /// Goes by other clocks from here on.
  mutating func correct(by clocks: ClockModel, table: borrowing PointTable) {
    for source in sources { source.correct(by: clocks, table: table) }
    lastTime = .min
  }

  /// Hands on every row that is due.
  ///
  /// - Parameter isEnding: whether no source is waited for any more.
  mutating func handOn(
    at now: Int64, isEnding: Bool, table: borrowing PointTable,
    _ take: (UnsafePointer<Observation>) -> Void
  ) {
    while let (source, until) = next(at: now, isEnding: isEnding, table: table) {
      // A run of rows of one source needs no look at the others.
      repeat {
        let row = unsafe source.first
        let time = unsafe row.pointee.correctedTime
        if time &+ span < lastTime { lateCount += 1 }
        lastTime = max(lastTime, time)
        unsafe take(row)
        source.removeFirst()
      } while unsafe !source.isEmpty && source.first.pointee.correctedTime < until
    }
  }

  /// No row before this corrected time is to come, as far as can be told.
  func horizon(at now: Int64) -> Int64 {
    let open = sources.filter { !$0.hasEnded || !$0.isEmpty }
    let known = open.map { source in
      unsafe source.isEmpty ? source.known : source.first.pointee.correctedTime
    }
    let quiet = now - lastArrival - Self.patience
    let silent = quiet > 0 && lastTime != .min ? lastTime &+ quiet : .min
    return max(known.min() ?? .min, silent)
  }

  /// Up to when all sources have told what they dropped, in corrected time.
  var confirmedUntil: Int64 {
    sources.filter { !$0.hasEnded }.map(\.confirmed).min() ?? .max
  }

  /// The source with the oldest row, if that is due, and the time up to which it stays that one.
  private func next(
    at now: Int64, isEnding: Bool, table: borrowing PointTable
  ) -> (source: FollowedSource, until: Int64)? {
    var first: FollowedSource?
    var firstTime = Int64.max
    var firstRank = UInt16.max
    // Where others have rows, and up to where the silent ones are known to have none.
    var until = Int64.max
    var barrier = Int64.max
    var isCrowded = isEnding
    for source in sources {
      guard !source.isEmpty else {
        if !source.hasEnded { barrier = min(barrier, source.known) }
        continue
      }
      isCrowded = isCrowded || source.isFull
      let time = unsafe source.first.pointee.correctedTime
      let rank = unsafe table.rank(of: source.first.pointee.point)
      if (time, rank) < (firstTime, firstRank) || first == nil {
        if first != nil { until = min(until, firstTime) }
        (first, firstTime, firstRank) = (source, time, rank)
      } else {
        until = min(until, time)
      }
    }
    guard let first else { return nil }
    if isCrowded || firstTime <= barrier { return (first, isCrowded ? until : min(until, barrier)) }
    // After the patience for one row its chunk is due, not what came later.
    return now - first.firstArrival >= Self.patience ? (first, min(until, firstTime)) : nil
  }
}
