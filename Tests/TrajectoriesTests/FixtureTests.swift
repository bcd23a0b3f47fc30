import Foundation
import Scoring
import TestSupport
import Testing

/// The captures in Fixtures, packet by packet, against what their payloads tell.
struct FixtureTests {
  @Test(
    arguments: ["demo", "clusterip", "ipv6"], [LabFolder.View.interfaces, .interfacesWithTables])
  func interfaceCaptures(fixture: String, view: LabFolder.View) throws {
    try expectPerfection(fixture, view)
  }

  @Test(arguments: [LabFolder.View.anyWithLinks, .anyWithTables, .anyAlone])
  func capturesOfAllInterfacesAtOnce(view: LabFolder.View) throws {
    try expectPerfection("any", view)
  }

  private func expectPerfection(_ fixture: String, _ view: LabFolder.View) throws {
    let folder = LabFolder(Checkout.folder.appending(path: "Fixtures/\(fixture)"))
    let score = try Score(
      of: folder.analyse(view), against: folder.truth(view), depth: view.depth)
    if !score.isPerfect { Issue.record("\(score)") }
  }
}
