/// Tells which of several equal packets, seen at one point, is the one that was first seen at another.
///
/// Packets keep their order on the way, mostly; some are lost. Consumes the times at both points, less
/// what a packet usually takes, and finds the pairs in order that are the most and fit best (an alignment
/// of two sequences, Needleman and Wunsch, 1970).
struct EqualPackets {
  /// Packets looked at: those after them do not change what becomes of the first one.
  static let limit = 8
  private static let width = limit + 1
  /// What a pair is worth, in nanoseconds by which it may be late.
  private static let worth: Int64 = 100_000_000
  /// Being faster than all before is less likely than being late.
  private static let earlyFactor: Int64 = 4

  private var scores = Array(repeating: Int64(0), count: width * width)

  /// Index of the arrival that belongs to the first departure; nil if it did not arrive.
  ///
  /// - Parameters:
  ///   - departures: usual times of arrival, in nanoseconds, at most `limit`.
  ///   - arrivals: times, at most `limit`.
  ///   - tolerance: by how much an arrival may be too early.
  mutating func arrivalOfFirst(
    departures: [Int64], arrivals: [Int64], tolerance: Int64
  ) -> Int? {
    for row in 0...departures.count { scores[row * Self.width + arrivals.count] = 0 }
    for column in 0...arrivals.count { scores[departures.count * Self.width + column] = 0 }
    for row in departures.indices.reversed() {
      for column in arrivals.indices.reversed() {
        let apart = max(score(row + 1, column), score(row, column + 1))
        let pair = value(departures[row], arrivals[column], tolerance).map {
          $0 + score(row + 1, column + 1)
        }
        scores[row * Self.width + column] = max(apart, pair ?? apart)
      }
    }
    for column in arrivals.indices {
      if let value = value(departures[0], arrivals[column], tolerance),
        value + score(1, column + 1) == score(0, column)
      {
        return column
      }
      if score(0, column + 1) != score(0, column) { return nil }
    }
    return nil
  }

  private func score(_ row: Int, _ column: Int) -> Int64 { scores[row * Self.width + column] }

  /// What it is worth to take the two for one packet; nil where they cannot be.
  private func value(_ departure: Int64, _ arrival: Int64, _ tolerance: Int64) -> Int64? {
    let late = arrival &- departure
    guard late >= -tolerance, late < Self.worth else { return nil }
    return Self.worth - (late >= 0 ? late : -late * Self.earlyFactor)
  }
}
