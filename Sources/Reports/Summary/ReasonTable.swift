import Trajectories

/// Why packets could be called neither complete nor lost: how often for each point and reason.
struct ReasonTable: Sendable {
  struct Row: Sendable {
    let reason: Trajectory.Reason
    var packets: UInt64 = 0
    /// The first such packet, where it was seen last.
    let example: FrameReference
  }

  static let limit = 1024

  private(set) var rows: [Row] = []
  private var index = HashIndex()

  /// Counts the reasons of a partial packet.
  mutating func add(_ trajectory: borrowing Trajectory) {
    let last = trajectory.hops[trajectory.lastSeen].observation
    for reason in trajectory.reasons {
      let key = UInt64(reason.point ?? .max) << 8 | UInt64(reason.code.rawValue)
      if let row = index.find(key, { rows[$0].reason == reason }) {
        rows[row].packets += 1
      } else if rows.count < Self.limit {
        index.append(key)
        rows.append(
          Row(
            reason: reason, packets: 1,
            example: FrameReference(file: last.file, frame: last.frame)))
      }
    }
  }
}
