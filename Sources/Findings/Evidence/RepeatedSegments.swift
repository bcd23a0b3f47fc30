import Trajectories

/// TCP segments that were sent again, and which of the first ones arrived; bounded.
///
/// Packets may come in any order. Those that were sent once and arrived cost nothing.
struct RepeatedSegments: Sendable {
  /// A segment that arrived after it had been sent before.
  struct Repeat: Sendable {
    /// Number of the first one's trajectory.
    var original: UInt64
    var first: UInt16
    var last: UInt16
    var frame: FrameReference
  }

  static let limit = 65_536

  private var repeats: [Repeat] = []
  /// Trajectories that are not known to have arrived.
  private var missing: Set<UInt64> = []
  /// With more of them than are kept, nothing is said.
  private var hasOverflown = false

  mutating func add(_ trajectory: borrowing Trajectory, first: Int) {
    guard trajectory.delivered == true else {
      if missing.count < Self.limit {
        missing.insert(trajectory.number)
      } else {
        hasOverflown = true
      }
      return
    }
    guard let original = trajectory.retransmissionOf, repeats.count < Self.limit else { return }
    let origin = trajectory.hops[first].observation
    repeats.append(
      Repeat(
        original: original, first: origin.point,
        last: trajectory.hops[trajectory.lastSeen].observation.point,
        frame: FrameReference(file: origin.file, frame: origin.frame)))
  }

  /// Those whose first ones arrived too.
  func needless() -> [Repeat] {
    hasOverflown ? [] : repeats.filter { !missing.contains($0.original) }
  }
}
