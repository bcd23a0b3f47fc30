package import Trajectories

/// A way to tell what became of the packets: takes them one by one, and ends when all are known.
package protocol TraceReport: AnyObject {
  /// Takes a packet that the user selected; the others stay out of all that is reported.
  func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable)

  /// Hands on what is written so far, for those who look on.
  func flush()

  /// Writes what can only be said at the end.
  func finish(_ facts: AnalysisFacts, points: borrowing PointTable)
}

extension TraceReport {
  /// What has its shape at the end only has nothing to hand on before.
  package func flush() {}
}
