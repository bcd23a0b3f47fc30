/// Finds waiting packets by the octets that they hold.
struct WaitingParts {
  /// Positions of packets, as `WaitingPackets` counts them, by the keys of their blocks.
  private var positions: [UInt64: [Int]] = [:]
  /// Number of keys in `positions` by their low bits: nearly every question ends here.
  private var filter = [UInt16](repeating: 0, count: filterCount)
  private static let filterCount = 4096
  /// Waiting packets of a block that are looked at for one row: bounds the work on a flood.
  private static let limit = 512

  var isEmpty: Bool { positions.isEmpty }

  mutating func insert(_ trajectory: borrowing Trajectory, at position: Int) {
    for key in Self.keys(of: trajectory) {
      if positions[key] == nil { filter[Self.filterIndex(key)] += 1 }
      positions[key, default: []].append(position)
    }
  }

  /// Takes out the packet that has waited longest.
  mutating func remove(_ trajectory: borrowing Trajectory, at position: Int) {
    guard !isEmpty else { return }
    for key in Self.keys(of: trajectory) where positions[key]?.first == position {
      positions[key]?.removeFirst()
      if positions[key]?.isEmpty == true {
        positions[key] = nil
        filter[Self.filterIndex(key)] -= 1
      }
    }
  }

  /// The lowest bit of a key is always set.
  private static func filterIndex(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: key >> 1) & (filterCount - 1)
  }

  /// Packets that a row may hold octets of, the latest first.
  func positions(around row: Observation) -> [Int] {
    var found: [Int] = []
    var blockCount = 0
    for key in UnitBlocks.keysWithin(row) where filter[Self.filterIndex(key)] > 0 {
      guard let block = positions[key] else { continue }
      found += block.suffix(Self.limit).reversed()
      blockCount += 1
    }
    // Within a block the packets stand in the order in which they came, each once.
    guard blockCount > 1 else { return found }
    found.sort(by: >)
    return found.indices.filter { $0 == 0 || found[$0] != found[$0 - 1] }.map { found[$0] }
  }

  private static func keys(of trajectory: borrowing Trajectory) -> UnitBlocks.Keys {
    let row = trajectory.hops[0].observation
    guard let part = trajectory.part else { return UnitBlocks.keysWithin(row) }
    return UnitBlocks.keys(within: part, of: row)
  }
}
