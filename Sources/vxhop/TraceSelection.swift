import Trajectories

/// Which of the trajectories the user asked for.
struct TraceSelection {
  /// The packet in one frame of one file.
  var frame: (file: UInt16, number: UInt64)?
  /// Corrected time of the first observation, nanoseconds since 1970.
  var times: ClosedRange<Int64>?

  /// Whether only the filter selects.
  var isUnbounded: Bool { times == nil && frame == nil }

  func includes(_ trajectory: borrowing Trajectory) -> Bool {
    trajectory.isSelected && (isUnbounded || isNamed(trajectory))
  }

  @inline(never)
  private func isNamed(_ trajectory: borrowing Trajectory) -> Bool {
    if let times, !times.contains(trajectory.origin.correctedTime) { return false }
    guard let frame else { return true }
    return trajectory.hops.contains {
      $0.observation.file == frame.file && $0.observation.frame == frame.number
    }
      || trajectory.reassembled.contains {
        $0.file == frame.file && $0.frames.contains(frame.number)
      }
  }

  /// Why nothing was found among so many packets.
  func emptyAnswer(packets: UInt64, files: [TraceInput]) -> String {
    if let frame {
      return """
        none of \(packets) packets is in frame \(frame.number) of \(files[Int(frame.file)].path): it \
        holds no IP packet, is left out by the filter, or lies beyond the end
        """
    }
    let bounds = times == nil ? "" : ", or none in the time given"
    return "none of \(packets) packets matches the filter\(bounds)"
  }
}
