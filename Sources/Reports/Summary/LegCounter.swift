import Trajectories

/// Counts packets by the legs that they crossed.
struct LegCounter: ~Copyable {
  /// The legs of the ways that packets have in common, by the ways' numbers: nearly every packet is counted
  /// without a search.
  private let ways = FixedTable<2048, Way>()
  private var legs = HotRows<Leg>()
  private var omitted: UInt64 = 0
  private var index = HashIndex()

  struct Way {
    /// 0 of none.
    var number: UInt32 = 0
    /// The rows of the legs by which each hop is reached; `noRow` for hops that are not reached by any.
    var rows = InlineArray<16, UInt16>(repeating: noRow)
  }

  /// Never the number of a row.
  private static let noRow = UInt16.max

  var table: LegTable { LegTable(legs: legs.copies, omitted: omitted) }

  @inline(__always)
  mutating func add(_ trajectory: borrowing Trajectory) {
    let place = Int(truncatingIfNeeded: trajectory.shape) & (ways.count - 1)
    guard trajectory.shape != 0, ways[place].number == trajectory.shape else {
      addOfNewWay(trajectory, at: place)
      return
    }
    cross(trajectory, way: place)
    if case .lost = trajectory.outcome { lose(trajectory) }
  }

  @inline(__always)
  private func cross(_ trajectory: borrowing Trajectory, way place: Int) {
    let hops = trajectory.hops.span
    var index = 1
    while index < hops.count {
      let row = Int(ways[place].rows[index])
      if row < legs.count {
        legs[row].cross(delay: hops[index].delay, error: hops[index].delayError)
      }
      index &+= 1
    }
  }

  @inline(never)
  private mutating func addOfNewWay(_ trajectory: borrowing Trajectory, at place: Int) {
    if trajectory.shape != 0 && learnWay(of: trajectory, at: place) {
      cross(trajectory, way: place)
    } else {
      crossUnknown(trajectory)
    }
    if case .lost = trajectory.outcome { lose(trajectory) }
  }

  @inline(never)
  private mutating func lose(_ trajectory: borrowing Trajectory) {
    guard let next = trajectory.expectedNext else { return }
    let last = trajectory.hops[trajectory.lastSeen].observation
    if let row = row(from: last.point, to: next) { legs[row].lose() } else { omitted += 1 }
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
    var way = Way()
    guard trajectory.hops.count <= way.rows.count else { return false }
    way.number = trajectory.shape
    var previous: UInt16?
    for (index, hop) in trajectory.hops.enumerated() where hop.kind == .path {
      if let from = previous {
        guard let row = row(from: from, to: hop.observation.point) else { return false }
        way.rows[index] = UInt16(row)
      }
      previous = hop.observation.point
    }
    ways[place] = way
    return true
  }

  private mutating func row(from: UInt16, to: UInt16) -> Int? {
    let key = UInt64(from) << 16 | UInt64(to)
    if let row = index.find(key, { legs[$0].from == from && legs[$0].to == to }) { return row }
    guard legs.count < LegTable.limit else { return nil }
    index.append(key)
    legs.append(Leg(from: from, to: to))
    return legs.count - 1
  }
}
