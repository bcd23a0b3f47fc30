import Trajectories

/// Packets that were seen first and last at the same points.
struct Passage: Sendable {
  let first: UInt16
  let last: UInt16
  /// The points of the first such packet's path.
  let path: [UInt16]
  let isTunnelled: Bool
  let isComplete: Bool
  /// Whether both ends are pods, of the first such packet.
  let isBetweenPods: Bool
  var count: UInt64 = 0
  /// IP lengths in bytes.
  var longest: UInt32 = 0
  let example: FrameReference

  /// Whether the packets went from one point straight to another.
  func crosses(from: UInt16, to: UInt16) -> Bool {
    path.indices.dropFirst().contains { path[$0 - 1] == from && path[$0] == to }
  }
}

/// All passages, in the order in which they were met; bounded.
struct PassageTable: Sendable {
  static let limit = 4096

  private(set) var rows: [Passage] = []
  private var index: [UInt64: Int] = [:]

  /// Counts packets in a row, the longest of which has so many bytes.
  mutating func count(_ row: Int, packets: UInt64, longest: UInt32) {
    rows[row].count += packets
    rows[row].longest = max(rows[row].longest, longest)
  }

  /// The row of a packet; nil if there is no place for it. `first` is the index of its first path hop.
  mutating func row(
    of trajectory: borrowing Trajectory, first: Int, isTunnelled: Bool
  ) -> Int? {
    let origin = trajectory.hops[first].observation
    let last = trajectory.hops[trajectory.lastSeen].observation.point
    var isComplete: UInt64 = 0
    if case .complete = trajectory.outcome { isComplete = 1 }
    let next = UInt64(trajectory.expectedNext ?? .max)
    let key =
      UInt64(origin.point) | UInt64(last) << 16 | next << 32 | isComplete << 48
      | (isTunnelled ? 1 << 49 : 0)
    if let known = index[key] { return known }
    guard rows.count < Self.limit else { return nil }
    index[key] = rows.count
    rows.append(
      Passage(
        first: origin.point, last: last,
        path: trajectory.hops.filter { $0.kind == .path }.map(\.observation.point),
        isTunnelled: isTunnelled, isComplete: trajectory.outcome == .complete,
        isBetweenPods: trajectory.scope == .pod,
        example: FrameReference(file: origin.file, frame: origin.frame)))
    return rows.count - 1
  }
}
