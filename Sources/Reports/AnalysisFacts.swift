package import Findings
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

  /// What is known of the clock of a node that is not the reference.
  package struct Clock: Sendable {
    var node: String
    var reference: String
    /// Node minus reference in nanoseconds, and the bound of its error; nil if it cannot be told.
    var offset: Int64?
    var error: Int64?
    /// Parts per million.
    var drift: Double?
    /// Packets that it rests on.
    var samples: Int
    /// Times of the reference at which one of the two clocks was set, with the change in nanoseconds.
    var steps: [(time: Int64, change: Int64)] = []
  }

  /// The gravest first.
  package var findings: [Finding] = []
  var nodes: [String]
  var clocks: [Clock] = []
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

  package init(of analysis: TraceAnalysis, findings: [Finding] = []) {
    self.findings = findings
    let totals = analysis.totals
    let nodes = analysis.table.nodes
    self.nodes = nodes
    clocks = analysis.clockEstimates.map {
      Clock(
        node: nodes[$0.node], reference: nodes[$0.reference], offset: $0.offset, error: $0.error,
        drift: $0.drift, samples: $0.samples, steps: $0.steps.map { ($0.time, $0.change) })
    }
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
