import Trajectories

/// The way between two points that packets crossed one after the other.
struct Leg: Sendable {
  let from: UInt16
  let to: UInt16
  /// Packets seen at both ends.
  private(set) var crossed: UInt64 = 0
  /// Packets seen last at `from` and expected at `to`.
  private(set) var lost: UInt64 = 0
  private var measured = DelayDistribution()
  /// The largest bound of a delay's error, in nanoseconds.
  private(set) var delayError: Int64 = 0

  init(from: UInt16, to: UInt16) {
    self.from = from
    self.to = to
  }

  var packets: UInt64 { crossed + lost }

  /// Nil until a delay could be measured.
  var delays: DelayDistribution? { measured.count > 0 ? measured : nil }

  /// Counts a packet seen at both ends.
  mutating func cross(delay: Int64?, error: Int64?) {
    crossed += 1
    guard let delay else { return }
    delayError = max(delayError, error ?? 0)
    measured.add(delay)
  }

  /// Counts a packet that was not seen at the other end.
  mutating func lose() { lost += 1 }
}

/// All legs, in the order in which they were first seen.
struct LegTable: Sendable {
  /// More legs than any cluster's captures have; a hostile capture fills memory no further.
  static let limit = 1024

  private(set) var legs: [Leg] = []
  /// Crossings of legs that found no place.
  private(set) var omitted: UInt64 = 0
  private var index = HashIndex()
  /// The row last found for each pair of points that falls on a slot: nearly every lookup ends
  /// here.
  private var recentRows = [Int](repeating: 0, count: recentCount)
  private static let recentCount = 256

  mutating func add(_ trajectory: borrowing Trajectory) {
    var previous: UInt16?
    for index in trajectory.hops.indices {
      guard case .path = trajectory.hops[index].kind else { continue }
      let point = trajectory.hops[index].observation.point
      if let from = previous, let row = row(from: from, to: point) {
        legs[row].cross(
          delay: trajectory.hops[index].delay, error: trajectory.hops[index].delayError)
      }
      previous = point
    }
    guard case .lost = trajectory.outcome, let next = trajectory.expectedNext else { return }
    let last = trajectory.hops[trajectory.lastSeen].observation
    if let row = row(from: last.point, to: next) { legs[row].lose() }
  }

  private mutating func row(from: UInt16, to: UInt16) -> Int? {
    let slot = (Int(from) &* 31 &+ Int(to)) & (Self.recentCount - 1)
    let recent = recentRows[slot]
    if recent < legs.count && legs[recent].from == from && legs[recent].to == to { return recent }
    let row = indexedRow(from: from, to: to)
    if let row { recentRows[slot] = row }
    return row
  }

  private mutating func indexedRow(from: UInt16, to: UInt16) -> Int? {
    let key = UInt64(from) << 16 | UInt64(to)
    if let row = index.find(key, { legs[$0].from == from && legs[$0].to == to }) { return row }
    guard legs.count < Self.limit else {
      omitted += 1
      return nil
    }
    index.append(key)
    legs.append(Leg(from: from, to: to))
    return legs.count - 1
  }
}
