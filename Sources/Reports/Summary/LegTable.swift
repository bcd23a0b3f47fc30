import Trajectories

/// The way between two points that packets crossed one after the other.
struct Leg: Sendable {
  let from: UInt16
  let to: UInt16
  /// Packets seen at both ends.
  var crossed: UInt64 = 0
  /// Packets seen last at `from` and expected at `to`.
  var lost: UInt64 = 0
  /// Nil until a delay could be measured.
  var delays: DelayDistribution?
  /// The first lost packet's last observation.
  var example: FrameReference?

  var packets: UInt64 { crossed + lost }
}

/// One record of one file.
struct FrameReference: Equatable, Sendable {
  var file: UInt16
  var frame: UInt64
}

/// All legs, in the order in which they were first seen.
struct LegTable: Sendable {
  /// More legs than any cluster's captures have; a hostile capture fills memory no further.
  static let limit = 1024

  private(set) var legs: [Leg] = []
  /// Crossings of legs that found no place.
  private(set) var omitted: UInt64 = 0
  private var index = HashIndex()

  mutating func add(_ trajectory: borrowing Trajectory) {
    var previous: UInt16?
    for hop in trajectory.hops where hop.kind == .path {
      let point = hop.observation.point
      if let from = previous { addCrossing(from: from, to: point, delay: hop.delay) }
      previous = point
    }
    guard trajectory.outcome == .lost, let next = trajectory.expectedNext else { return }
    let last = trajectory.hops[trajectory.lastSeen].observation
    guard let row = row(from: last.point, to: next) else { return }
    legs[row].lost += 1
    if legs[row].example == nil {
      legs[row].example = FrameReference(file: last.file, frame: last.frame)
    }
  }

  private mutating func addCrossing(from: UInt16, to: UInt16, delay: Int64?) {
    guard let row = row(from: from, to: to) else { return }
    legs[row].crossed += 1
    guard let delay else { return }
    if legs[row].delays == nil { legs[row].delays = DelayDistribution() }
    legs[row].delays?.add(delay)
  }

  private mutating func row(from: UInt16, to: UInt16) -> Int? {
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
