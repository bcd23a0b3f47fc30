/// Finds waiting packets by the octets that they hold.
struct WaitingParts {
  /// Positions of packets, as `WaitingPackets` counts them, by the keys of their blocks.
  private var positions: [UInt64: [Int]] = [:]
  /// Waiting packets of a block that are looked at for one row: bounds the work on a flood.
  private static let limit = 512

  var isEmpty: Bool { positions.isEmpty }

  mutating func insert(_ trajectory: borrowing Trajectory, at position: Int) {
    for key in Self.keys(of: trajectory) { positions[key, default: []].append(position) }
  }

  /// Takes out the packet that has waited longest.
  mutating func remove(_ trajectory: borrowing Trajectory, at position: Int) {
    guard !isEmpty else { return }
    for key in Self.keys(of: trajectory) where positions[key]?.first == position {
      positions[key]?.removeFirst()
      if positions[key]?.isEmpty == true { positions[key] = nil }
    }
  }

  /// Packets that a row may hold octets of, the latest first.
  func positions(around row: Observation) -> [Int] {
    guard UnitBlocks.key(of: row) != nil else { return [] }
    var found: [Int] = []
    for key in UnitBlocks.keysWithin(row) {
      if let block = positions[key] { found += block.suffix(Self.limit) }
    }
    guard found.count > 1 else { return found }
    return Array(Set(found)).sorted(by: >)
  }

  private static func keys(of trajectory: borrowing Trajectory) -> [UInt64] {
    let row = trajectory.hops[0].observation
    guard UnitBlocks.key(of: row) != nil else { return [] }
    guard let part = trajectory.part else { return UnitBlocks.keysWithin(row) }
    return UnitBlocks.keys(within: part, of: row)
  }
}
