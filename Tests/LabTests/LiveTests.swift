import Foundation
import Scoring
import TestSupport
import Testing

extension LabTests {
  /// The program captures a scenario itself, at all points of all nodes, and traces it as it comes.
  struct LiveTests {
    @Test(arguments: ["clean", "lossy-wire", "lossy-forward-destination", "clusterip", "ipv6"])
    func everyPacket(of scenario: String) throws {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "vxhop-live-\(ProcessInfo.processInfo.processIdentifier)-\(scenario)")
      defer { try? FileManager.default.removeItem(at: folder) }
      let run = try ChildProcess(
        Lab.program,
        ["run", scenario, "--output", folder.path, "--live", Checkout.program])
      try #require(run.status == 0, "\(run.errors)")

      let truth = try ["truth-live.jsonl", "truth-live-tcp-control.jsonl"].flatMap { name in
        try JSONLines.decode(TruePacket.self, from: Data(contentsOf: folder.appending(path: name)))
      }
      let captures = ["n1", "n2"].map { folder.appending(path: "live/\($0)").path }
      let offline = Score(of: TraceRun(captures).traces, against: truth, hasEquals: true)
      if !offline.isPerfect { Issue.record("offline: \(offline)") }

      let lines = try JSONLines.decode(
        ReportLine.self, from: Data(contentsOf: folder.appending(path: "live/traces.jsonl")))
      let live = Score(of: lines.compactMap(\.trace), against: truth, hasEquals: true)
      if !live.isPerfect { Issue.record("live: \(live)") }
    }
  }
}
