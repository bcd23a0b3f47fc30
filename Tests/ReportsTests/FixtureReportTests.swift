import Foundation
import Testing
import Topology

@testable import Reports
@testable import Trajectories

/// The reports on captures of a real kernel.
@Suite struct FixtureReportTests {
  static let folders = ["demo", "any", "clusterip", "ipv6"]

  private func captures(of folder: String) throws -> [String] {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(folder)")
    return try FileManager.default.contentsOfDirectory(atPath: fixtures.path)
      .filter { $0.hasSuffix(".pcap") }.sorted().map { fixtures.appendingPathComponent($0).path }
  }

  private func analysis(of files: [String]) -> TraceAnalysis {
    let analysis = TraceAnalysis(
      inputs: files.map {
        TraceInput(
          name: InputName($0, fileExists: { _ in true }), naming: PointNaming(), snapshots: [:])
      }, options: AnalysisOptions())
    analysis.prepare()
    return analysis
  }

  /// Every observation is named by exactly one trace, and the counts add up.
  @Test(arguments: folders)
  func jsonIsWhole(folder: String) throws {
    let files = try captures(of: folder)
    let analysis = analysis(of: files)
    let output = Collector()
    let report = JSONReport(files: files, sink: output.sink)
    analysis.run { report.add($0, points: $1) }
    report.finish(AnalysisFacts(of: analysis), points: analysis.table)
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

  @Test(arguments: folders)
  func textHasAllParts(folder: String) throws {
    let files = try captures(of: folder)
    let analysis = analysis(of: files)
    let output = Collector()
    let report = TextReport(files: files, sink: output.sink)
    analysis.run { report.add($0, points: $1) }
    report.finish(AnalysisFacts(of: analysis), points: analysis.table)
    #expect(output.lines.first?.hasPrefix("2 nodes, ") == true)
    #expect(output.text.contains("\n  leg "))
    #expect(output.text.contains("\n  flow"))
    #expect(output.lines.allSatisfy { !$0.hasSuffix(" ") })
  }
}
