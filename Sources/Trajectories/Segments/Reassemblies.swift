/// Which frames observations were put together from, as long as their packets may not be handed on.
struct Reassemblies {
  private struct Key: Hashable {
    let file: UInt16
    let frame: UInt64
  }

  /// Observations that are remembered; more than that are never under way.
  private static let limit = 1 << 16
  private var frames: [Key: Trajectory.ReassembledFrames] = [:]
  /// In the order of insertion; the oldest one is replaced first.
  private var keys: [Key] = []
  private var next = 0

  /// Whether any observation was put together.
  var isKept: Bool { !keys.isEmpty }

  mutating func insert(_ reassembled: Trajectory.ReassembledFrames) {
    let key = Key(file: reassembled.file, frame: reassembled.first)
    if keys.count < Self.limit {
      keys.append(key)
    } else {
      frames[keys[next]] = nil
      keys[next] = key
      next = (next + 1) % Self.limit
    }
    frames[key] = reassembled
  }

  func attach(to trajectory: inout Trajectory) {
    trajectory.reassembled.removeAll(keepingCapacity: true)
    for hop in trajectory.hops where hop.observation.traits.contains(.isReassembled) {
      let key = Key(file: hop.observation.file, frame: hop.observation.frame)
      if let found = frames[key] { trajectory.reassembled.append(found) }
    }
  }
}
