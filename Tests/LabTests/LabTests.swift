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

  @Test(arguments: LabScenario.all + LabScenario.cut)
  func everyPacket(of scenario: LabScenario) async throws {
    let folder = try Lab.folder(of: scenario)
    let scores = try await concurrently(LabFolder.View.allCases) { view in
      try Score(of: folder.analyse(view), against: folder.truth(view), depth: scenario.depth(view))
    }
    for (view, score) in zip(LabFolder.View.allCases, scores) where !score.isPerfect {
      Issue.record("\(view): \(score)")
    }
  }

  @Test(arguments: LabScenario.ways)
  func everyPacketOnOtherWays(of scenarios: [LabScenario]) throws {
    for scenario in scenarios {
      let folder = try Lab.folder(of: scenario)
      for view in [LabFolder.View.interfaces, .anyWithLinks] {
        try expectPerfect(folder, view, "\(scenario.testDescription), \(view)")
      }
    }
  }

  @Test(arguments: LabScenario.insidePods)
  func everyPacketInsidePods(of scenario: LabScenario) throws {
    let folder = try Lab.folder(of: scenario)
    for view in [LabFolder.View.interfaces, .interfacesWithTables] {
      try expectPerfect(folder, view, "\(scenario.testDescription), \(view)")
    }
  }

  @Test(arguments: LabScenario.rewritten)
  func everyPacketWithoutIdentity(of scenario: (name: String, arguments: [String])) throws {
    let folder = try Lab.changed(
      Lab.folder(of: LabScenario(name: scenario.name)), by: "rewrite", scenario.arguments)
    for view in [LabFolder.View.interfaces, .anyWithLinks] {
      try expectPerfect(folder, view, "\(scenario.name), \(view)")
    }
  }

  @Test(arguments: LabScenario.nameless)
  func everyPacketWithoutInterfaces(of scenario: String) throws {
    let folder = try Lab.changed(
      Lab.folder(of: LabScenario(name: scenario)), by: "rewrite", ["--nameless"])
    let score = try Score(
      of: folder.analyse(.anyAlone), against: folder.truth(.anyAlone), depth: .hops)
    if !score.isPerfect { Issue.record("\(score)") }
  }

  /// Where nodes use the tunnel one way only, nothing tells a capture without interfaces where plain packets
  /// leave: some paths are not known, but nothing is called lost.
  @Test(arguments: ["direct-routing"])
  func nothingIsLostWithoutInterfaces(of scenario: String) throws {
    let folder = try Lab.changed(
      Lab.folder(of: LabScenario(name: scenario)), by: "rewrite", ["--nameless"])
    let found = try folder.analyse(.anyAlone)
    let score = try Score(of: found, against: folder.truth(.anyAlone), depth: .observations)
    if !score.isPerfect { Issue.record("\(score)") }
    #expect(!found.contains { $0.outcome == "lost" })
  }

  /// What is said to be certain is right; of what is said to be ambiguous there is as much as there was.
  @Test(arguments: LabScenario.equalAndLossy, [LabFolder.View.interfaces, .anyWithLinks])
  func equalPackets(
    of scenario: (name: String, arguments: [String]), seenAs view: LabFolder.View
  ) throws {
    let folder = try Lab.changed(
      Lab.folder(of: LabScenario(name: scenario.name)), by: "rewrite", scenario.arguments)
    let score = try Score(
      of: folder.analyse(view), against: folder.truth(view), depth: view.depth, hasEquals: true)
    if !score.isPerfect { Issue.record("\(score)") }
  }

  private func expectPerfect(
    _ folder: LabFolder, _ view: LabFolder.View, _ words: String
  ) throws {
    let found = try folder.analyse(view)
    let truth = try folder.truth(view)
    let score = Score(of: found, against: truth.filter { !$0.isSentTwice }, depth: view.depth)
    if !score.isPerfect { Issue.record("\(words): \(score)") }
    // Two equal packets, or one that its sender sent twice: nobody can tell.
    for packet in truth where packet.isSentTwice {
      let traces = found.filter { $0.hops.contains { $0.place == packet.places[0] } }
      let isSaid = traces.allSatisfy(\.isAmbiguous)
      #expect(traces.count == 1 && isSaid, "\(words)")
    }
  }

  @Test(
    arguments: [
      "lossy-wire", "clusterip", "ipv6", "segmentation-lossy", "fragments-service",
      "fragments-service-ipv6", "fragments-outer", "nodeport", "masquerade-random", "hairpin",
      "icmp-errors",
    ].map { LabScenario(name: $0) })
  func everyPacketInJSON(of scenario: LabScenario) async throws {
    let folder = try Lab.folder(of: scenario)
    let scores = try await concurrently(LabFolder.View.allCases) { view in
      let tables = try folder.tables(view).flatMap { ["--snapshot", "\($0.node)=\($0.path)"] }
      let process = try ChildProcess(
        Checkout.program, ["trace", "--format", "json"] + folder.captures(view) + tables)
      try #require(process.status == 0, "\(process.errors)")
      let lines = try JSONLines.decode(ReportLine.self, from: process.output)
      return try Score(
        of: lines.compactMap(\.trace), against: folder.truth(view), depth: scenario.depth(view))
    }
    for (view, score) in zip(LabFolder.View.allCases, scores) where !score.isPerfect {
      Issue.record("\(view): \(score)")
    }
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
