import Topology
import Trajectories

var args = Array(CommandLine.arguments.dropFirst())
let naming = PointNaming()
let inputs = args.map {
  TraceInput(name: InputName($0, fileExists: { _ in false }), naming: naming, snapshots: [:])
}
let analysis = TraceAnalysis(inputs: inputs, options: AnalysisOptions())
analysis.prepare()
var n = 0
analysis.run { t, table in
  n += 1
  if CommandLine.arguments.contains("-q") { return }
  let hops = t.hops.map {
    "[\"\($0.kind)\",\"\(table[$0.observation.point].name)\",\"\(inputs[Int($0.observation.file)].path)\",\($0.observation.frame)]"
  }.joined(separator: ",")
  let next = t.expectedNext.map { "\"\(table[$0].name)\"" } ?? "null"
  print(
    "{\"n\":\(t.number),\"outcome\":\"\(t.outcome)\",\"scope\":\"\(t.scope)\",\"ambiguous\":\(t.isAmbiguous),\"next\":\(next),\"reasons\":\"\(t.reasons)\",\"last\":\"\(table[t.hops[t.lastSeen].observation.point].name)\",\"hops\":[\(hops)]}"
  )
}
for error in analysis.errors { print("# \(error)") }
