import Foundation
import Scoring
import TestSupport
import Testing

/// Real packets through a real kernel: what is found must be what their payloads tell.
@Suite(
  .serialized,
  .enabled(
    if: LabRequirements.areMet || LabRequirements.isContinuousIntegration,
    Comment(rawValue: "the lab needs " + LabRequirements.unmet.joined(separator: ", "))))
struct LabTests {
  @Test func requirementsAreMet() {
    #expect(LabRequirements.unmet == [])
  }

  @Test(arguments: LabScenario.all + LabScenario.cut, LabFolder.View.allCases)
  func everyPacket(of scenario: LabScenario, seenAs view: LabFolder.View) throws {
    let folder = try Lab.folder(of: scenario)
    let score = try Score(
      of: folder.analyse(view), against: folder.truth(view), depth: scenario.depth(view))
    if !score.isPerfect { Issue.record("\(score)") }
  }

  @Test(
    arguments: [
      "lossy-wire", "clusterip", "ipv6", "segmentation-lossy", "fragments-service",
      "fragments-outer",
    ].map { LabScenario(name: $0) },
    LabFolder.View.allCases)
  func everyPacketInJSON(of scenario: LabScenario, seenAs view: LabFolder.View) throws {
    let folder = try Lab.folder(of: scenario)
    let tables = try folder.tables(view).flatMap { ["--snapshot", "\($0.node)=\($0.path)"] }
    let process = try ChildProcess(
      Checkout.program, ["trace", "--format", "json"] + folder.captures(view) + tables)
    try #require(process.status == 0, "\(process.errors)")
    let lines = try JSONLines.decode(ReportLine.self, from: process.output)
    let score = try Score(
      of: lines.compactMap(\.trace), against: folder.truth(view), depth: scenario.depth(view))
    if !score.isPerfect { Issue.record("\(score)") }
  }
}

/// One line of the JSON report; nil if it is not a trace.
struct ReportLine: Decodable {
  let trace: FoundTrace?

  init(from decoder: any Decoder) throws {
    let type = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .type)
    trace = type == "trace" ? try FoundTrace(from: decoder) : nil
  }

  private enum CodingKeys: String, CodingKey {
    case type
  }
}
