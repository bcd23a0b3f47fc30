import Topology
package import Trajectories

/// What the reports say of the inputs: known when the analysis is over.
package struct AnalysisFacts: Sendable {
  package struct Point: Sendable {
    var name: String
    var node: Int
    var role: InterfaceRole
    /// Numbers of the files that hold its records.
    var files: [UInt16]
    var frames: UInt64
    /// Innermost IP packets.
    var inner: UInt64
    /// Recorded times of its first and last frame, nanoseconds since 1970.
    var first: Int64?
    var last: Int64?
    /// Packets that the kernel did not hand to the capture; nil if unknown.
    var captureDrops: UInt64?
  }

  var nodes: [String]
  var points: [Point]
  /// Inputs that could be opened.
  var fileCount: Int
  var frames: UInt64
  var observations: UInt64
  var malformed: UInt64
  /// Packets that were judged early because the window was full, and found incomplete.
  var evicted: UInt64

  /// With one point there is nothing to compare.
  var isSinglePoint: Bool { points.count == 1 }

  package init(of analysis: TraceAnalysis) {
    let totals = analysis.totals
    nodes = analysis.table.nodes
    fileCount = totals.files
    frames = totals.frames
    observations = totals.observations
    malformed = totals.malformedCount
    evicted = totals.evicted
    points = analysis.table.points.enumerated().map { index, point in
      let number = UInt16(index)
      let counters = totals.counters(of: number)
      let hasFrames = counters.frames > 0
      return Point(
        name: point.name, node: point.node, role: point.role, files: totals.files(of: number),
        frames: counters.frames, inner: counters.observations,
        first: hasFrames ? counters.first : nil, last: hasFrames ? counters.last : nil,
        captureDrops: analysis.recordings.drops(of: number))
    }
  }

  init(nodes: [String], points: [Point]) {
    self.nodes = nodes
    self.points = points
    fileCount = points.count
    frames = points.reduce(0) { $0 + $1.frames }
    observations = points.reduce(0) { $0 + $1.inner }
    malformed = 0
    evicted = 0
  }
}
