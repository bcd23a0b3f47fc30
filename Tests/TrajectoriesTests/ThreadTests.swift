import Foundation
import Scoring
import TestSupport
import Testing
import Topology
import Trajectories

/// Threads that read ahead change nothing: not a hop, not an order, not a number.
@Suite struct ThreadTests {
  /// All that came out of a run, in the order in which it came.
  private static func outcome(
    of folder: LabFolder, _ view: LabFolder.View, _ options: AnalysisOptions
  ) throws -> [String] {
    let run = TraceRun(try folder.captures(view), options: options)
    return run.trajectories.map { String(describing: $0) }
      + run.table.points.map(\.name) + [String(describing: run.totals.evicted)]
  }

  /// With a sample of one record most points of a capture of all interfaces are met while threads read.
  @Test(
    arguments: [
      ("demo", LabFolder.View.interfaces), ("clusterip", .interfaces), ("any", .anyAlone),
    ],
    [(threads: 2, window: 1 << 17), (4, 1 << 17), (9, 1 << 17), (1, 1024), (2, 1024)])
  func threads(
    _ fixture: (name: String, view: LabFolder.View), _ work: (threads: Int, window: Int)
  ) throws {
    let folder = LabFolder(Checkout.folder.appending(path: "Fixtures/\(fixture.name)"))
    for sampleLimit in [1, 1 << 12] {
      var options = AnalysisOptions()
      options.sampleLimit = sampleLimit
      let expected = try Self.outcome(of: folder, fixture.view, options)
      options.threads = work.threads
      options.windowLimit = work.window
      for _ in 0..<3 {
        let isSame = try Self.outcome(of: folder, fixture.view, options) == expected
        #expect(isSame, "sample of \(sampleLimit)")
      }
    }
  }
}
