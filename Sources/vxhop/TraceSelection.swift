import Trajectories

/// Which of the trajectories the user asked for.
struct TraceSelection {
  /// The packet in one frame of one file.
  var frame: (file: UInt16, number: UInt64)?
  /// Corrected time of the first observation, nanoseconds since 1970.
  var times: ClosedRange<Int64>?

  func includes(_ trajectory: borrowing Trajectory) -> Bool {
    guard trajectory.isSelected else { return false }
    if let times, !times.contains(trajectory.origin.correctedTime) { return false }
    guard let frame else { return true }
    return trajectory.hops.contains {
      $0.observation.file == frame.file && $0.observation.frame == frame.number
    }
  }
}
