import Foundation
import Testing

@testable import Reports
@testable import Trajectories

/// The reports on captures of a real kernel.
@Suite struct FixtureReportTests {
  /// Every observation is named by exactly one trace, and the counts add up.
  @Test(arguments: FixtureAnalysis.folders)
  func jsonIsWhole(folder: String) throws {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    FixtureAnalysis.run(
      FixtureAnalysis.analysis(of: files), into: JSONReport(files: files, sink: output.sink))
    let objects = try output.objects()
    let traces = objects.filter { $0["type"] as? String == "trace" }
    let hops = traces.flatMap { $0["hops"] as? [[String: Any]] ?? [] }
    let summary = try #require(objects.last)
    #expect(summary["traces"] as? Int == traces.count)
    #expect(summary["observations"] as? Int == hops.count)
    let frames = hops.map { "\($0["file"] ?? ""):\($0["frame"] ?? "")" }
    #expect(Set(frames).count == frames.count)
    for (member, outcome) in [("complete", "complete"), ("lost", "lost"), ("partial", "partial")] {
      let count = traces.count { $0["outcome"] as? String == outcome }
      #expect(summary[member] as? Int == count)
    }
    let legs = objects.filter { $0["type"] as? String == "leg" }
    let lost = legs.reduce(0) { $0 + ($1["lost"] as? Int ?? 0) }
    #expect(lost == summary["lost"] as? Int)
  }

  @Test(arguments: FixtureAnalysis.folders)
  func textHasAllParts(folder: String) throws {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    FixtureAnalysis.run(
      FixtureAnalysis.analysis(of: files), into: TextReport(files: files, sink: output.sink))
    #expect(output.lines.first?.hasPrefix("2 nodes, ") == true)
    #expect(output.text.contains("\n  leg "))
    #expect(output.text.contains("\n  flow"))
    #expect(output.lines.allSatisfy { !$0.hasSuffix(" ") })
  }
}
