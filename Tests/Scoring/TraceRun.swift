package import Captures
package import Topology
package import Trajectories

/// One run of the analysis, and all that came out of it.
package struct TraceRun: Sendable {
  package private(set) var trajectories: [Trajectory] = []
  package private(set) var traces: [FoundTrace] = []
  package let table: PointTable
  package let totals: AnalysisTotals
  package let errors: [CaptureError]
  package let clocks: [ClockEstimate]
  /// Recorded time of the first frame, in nanoseconds.
  package let startTime: Int64?

  /// `words` name the inputs as on the command line.
  package init(
    _ words: [String], snapshots: [String: NodeSnapshot] = [:],
    options: AnalysisOptions = AnalysisOptions()
  ) {
    let naming = PointNaming(
      nodes: Set(snapshots.keys),
      interfaces: Set(snapshots.values.flatMap { $0.links.map(\.name) }))
    let inputs = words.map { word in
      TraceInput(name: InputName(word) { _ in false }, naming: naming)
    }
    let analysis = TraceAnalysis(inputs: inputs, snapshots: snapshots, options: options)
    analysis.prepare()
    var trajectories: [Trajectory] = []
    var traces: [FoundTrace] = []
    analysis.run { trajectory, points in
      trajectories.append(copy trajectory)
      traces.append(
        FoundTrace(copy trajectory, points: copy points, files: inputs.map(\.path)))
    }
    self.trajectories = trajectories
    self.traces = traces
    table = analysis.table
    totals = analysis.totals
    errors = analysis.errors
    clocks = analysis.clockEstimates
    startTime = analysis.startTime
  }
}
