import Foundation
import Scoring
import Synchronization
import TestSupport
import Testing

/// A scenario of the lab, and how much of each frame is captured.
struct LabScenario: Hashable, Sendable, CustomTestStringConvertible {
  let name: String
  var snapshotLength: Int?

  var testDescription: String {
    snapshotLength.map { "\(name), \($0) bytes a frame" } ?? name
  }

  /// What can be compared of the scenario's packets.
  func depth(_ view: LabFolder.View) -> Score.Depth {
    // Without names the roles of bridge and VTEP show in what comes in from the wire: here nothing.
    view == .anyAlone && ["blackhole", "same-node"].contains(name) ? .observations : view.depth
  }

  static let all: [LabScenario] =
    [
      "clean", "lossy-wire", "lossy-forward-source", "lossy-forward-destination", "blackhole",
      "clusterip", "ipv6", "lossy-ipv6", "three-nodes", "same-node",
    ].map { LabScenario(name: $0) } + [
      LabScenario(name: "clean", snapshotLength: 128),
      LabScenario(name: "lossy-wire", snapshotLength: 128),
      LabScenario(name: "clusterip", snapshotLength: 128),
      LabScenario(name: "lossy-ipv6", snapshotLength: 192),
    ]
}

/// Runs scenarios, each once in the life of the test process.
enum Lab {
  static let program = Checkout.folder.appending(path: "Tests/Lab/lab").path

  private static let runs = Mutex<[LabScenario: ChildProcess]>([:])

  /// Captures and truth of a scenario.
  static func folder(of scenario: LabScenario) throws -> LabFolder {
    let url = output.appending(path: scenario.testDescription.filter { $0 != " " })
    let process = try runs.withLock { runs in
      let length = scenario.snapshotLength.map { ["--snaplen", String($0)] } ?? []
      let run =
        try runs[scenario]
        ?? ChildProcess(program, ["run", scenario.name, "--output", url.path] + length)
      runs[scenario] = run
      return run
    }
    try #require(process.status == 0, "\(process.errors)")
    return LabFolder(url)
  }

  /// Where the runs are kept if VXHOP_LAB_OUTPUT says so; else they go when the tests are over.
  private static let output: URL = {
    if let kept = ProcessInfo.processInfo.environment["VXHOP_LAB_OUTPUT"] {
      return URL(fileURLWithPath: kept)
    }
    atexit { try? FileManager.default.removeItem(at: Lab.temporary) }
    return temporary
  }()

  private static let temporary = FileManager.default.temporaryDirectory
    .appending(path: "vxhop-lab-\(ProcessInfo.processInfo.processIdentifier)")
}
