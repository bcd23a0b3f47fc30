import Foundation
import TestSupport
import Topology

@testable import Reports
@testable import Trajectories

/// A report of a fixture's captures, made in this process.
enum FixtureAnalysis {
  static let folders = ["demo", "any", "clusterip", "ipv6"]

  static func captures(of folder: String) throws -> [String] {
    let fixtures = Checkout.folder.appending(path: "Fixtures/\(folder)")
    return try FileManager.default.contentsOfDirectory(atPath: fixtures.path)
      .filter { $0.hasSuffix(".pcap") }.sorted().map { fixtures.appending(path: $0).path }
  }

  static func analysis(of files: [String]) -> TraceAnalysis {
    let analysis = TraceAnalysis(
      inputs: files.map {
        TraceInput(name: InputName($0, fileExists: { _ in true }), naming: PointNaming())
      }, options: AnalysisOptions())
    analysis.prepare()
    return analysis
  }

  /// Runs the analysis into a report; returns the trajectories too.
  @discardableResult
  static func run(_ analysis: TraceAnalysis, into report: some TraceReport) -> [Trajectory] {
    var trajectories: [Trajectory] = []
    analysis.run {
      trajectories.append(copy $0)
      report.add($0, points: $1)
    }
    report.finish(AnalysisFacts(of: analysis), points: analysis.table)
    return trajectories
  }
}

/// Programs that a test may need and a machine may lack.
enum Tool {
  static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"

  static func exists(_ name: String) -> Bool {
    (try? ChildProcess("sh", ["-c", "command -v \(name)"]).status) == 0
  }

  static func hasPython(module: String) -> Bool {
    (try? ChildProcess("python3", ["-c", "import \(module)"]).status) == 0
  }
}
