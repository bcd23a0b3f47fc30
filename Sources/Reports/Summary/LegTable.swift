import Trajectories

/// The way between two points that packets crossed one after the other.
struct Leg: Sendable {
  let from: UInt16
  let to: UInt16
  /// Packets seen at both ends whose delay could not be measured.
  private var unmeasured: UInt64 = 0
  /// Packets seen last at `from` and expected at `to`.
  private(set) var lost: UInt64 = 0
  private var measured = DelayDistribution()
  /// The largest bound of a delay's error, in nanoseconds.
  private(set) var delayError: Int64 = 0

  init(from: UInt16, to: UInt16) {
    self.from = from
    self.to = to
  }

  /// Packets seen at both ends.
  var crossed: UInt64 { measured.count + unmeasured }
  var packets: UInt64 { crossed + lost }

  /// Nil until a delay could be measured.
  var delays: DelayDistribution? { measured.count > 0 ? measured : nil }

  /// Counts a packet seen at both ends.
  @inline(__always)
  mutating func cross(delay: Int64?, error: Int64?) {
    guard let delay else {
      unmeasured += 1
      return
    }
    if let error, error > delayError { delayError = error }
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
  /// The legs of the ways that packets have in common, by the ways' numbers: nearly every packet is counted
  /// without a search.
  private var ways = [UInt32](repeating: 0, count: wayCount)
  /// The rows of the legs by which each hop of a way is reached.
  private var rowsOfWays = [UInt16](repeating: 0, count: wayCount * hopLimit)
  private static let wayCount = 2048
  /// Hops of a way that there is room for.
  private static let hopLimit = 16

  mutating func add(_ trajectory: borrowing Trajectory) {
    let place = Int(truncatingIfNeeded: trajectory.shape) & (Self.wayCount - 1)
    if trajectory.shape != 0,
      ways[place] == trajectory.shape || learnWay(of: trajectory, at: place)
    {
      Self.cross(trajectory, rows: rowsOfWays, from: place * Self.hopLimit, in: &legs)
    } else {
      crossUnknown(trajectory)
    }
    guard case .lost = trajectory.outcome, let next = trajectory.expectedNext else { return }
    let last = trajectory.hops[trajectory.lastSeen].observation
    if let row = row(from: last.point, to: next) { legs[row].lose() } else { omitted += 1 }
  }

  @inline(__always)
  private static func cross(
    _ trajectory: borrowing Trajectory, rows: [UInt16], from start: Int, in legs: inout [Leg]
  ) {
    let hops = trajectory.hops.span
    let rows = rows.span.extracting(start..<start + hops.count)
    var legs = legs.mutableSpan
    var isFirst = true
    for index in hops.indices {
      guard case .path = hops[index].kind else { continue }
      if !isFirst {
        legs[Int(rows[index])].cross(delay: hops[index].delay, error: hops[index].delayError)
      }
      isFirst = false
    }
  }

  private mutating func crossUnknown(_ trajectory: borrowing Trajectory) {
    var previous: UInt16?
    for hop in trajectory.hops where hop.kind == .path {
      if let from = previous {
        if let row = row(from: from, to: hop.observation.point) {
          legs[row].cross(delay: hop.delay, error: hop.delayError)
        } else {
          omitted += 1
        }
      }
      previous = hop.observation.point
    }
  }

  /// Looks up the legs of a packet's way; false if one of them has no place in the table.
  private mutating func learnWay(of trajectory: borrowing Trajectory, at place: Int) -> Bool {
    guard trajectory.hops.count <= Self.hopLimit else { return false }
    ways[place] = 0
    var previous: UInt16?
    for (index, hop) in trajectory.hops.enumerated() where hop.kind == .path {
      if let from = previous {
        guard let row = row(from: from, to: hop.observation.point) else { return false }
        rowsOfWays[place * Self.hopLimit + index] = UInt16(row)
      }
      previous = hop.observation.point
    }
    ways[place] = trajectory.shape
    return true
  }

  private mutating func row(from: UInt16, to: UInt16) -> Int? {
    let key = UInt64(from) << 16 | UInt64(to)
    if let row = index.find(key, { legs[$0].from == from && legs[$0].to == to }) { return row }
    guard legs.count < Self.limit else { return nil }
    index.append(key)
    legs.append(Leg(from: from, to: to))
    return legs.count - 1
  }
}
