import Foundation
import Scoring
import Synchronization
import TestSupport
import Testing

/// A scenario of the lab, and how much of each frame is captured.
struct LabScenario: Hashable, Sendable, CustomTestStringConvertible {
  let name: String
  var snapshotLength: Int?
  /// Whether the interfaces inside the pods are captured, too.
  var includesPods = false

  var testDescription: String {
    name + (snapshotLength.map { ", \($0) bytes a frame" } ?? "")
      + (includesPods ? ", inside the pods" : "")
  }

  /// For `lab run`.
  fileprivate var arguments: [String] {
    [name] + (snapshotLength.map { ["--snaplen", String($0)] } ?? [])
      + (includesPods ? ["--pod-captures"] : [])
  }

  /// What can be compared of the scenario's packets.
  func depth(_ view: LabFolder.View) -> Score.Depth {
    // Without names the roles of bridge and VTEP show in what comes in from the wire: here nothing.
    let hasSigns = !["blackhole", "same-node", "nodeport"].contains(name)
    return view == .anyAlone && !hasSigns ? .observations : view.depth
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

  /// The same packets once more in their pods, whose ends of the veth pairs are captured there.
  static let insidePods = [
    "lossy-wire", "clusterip", "same-node", "hairpin", "ipv6", "segmentation", "calico",
  ].map { LabScenario(name: $0, includesPods: true) }

  /// Translation, other ways than Flannel's, wrong ways, and points that are no hops: each whole and cut.
  static let ways: [[LabScenario]] = [
    "nodeport", "hairpin", "hairpin-routed", "masquerade-leaving", "masquerade-random",
    "clusterip-routed", "clusterip-same-node", "clusterip-same-node-routed", "icmp-errors",
    "duplicates", "flooded", "recapture", "loop", "wrong-fdb", "wrong-neighbour", "host-gw",
    "direct-routing",
    "calico", "canal", "three-nodes-lossy", "fragments-outer",
  ].map { name in
    // What an ICMP error quotes is deeper in the frame.
    let length = ["icmp-errors", "duplicates", "loop"].contains(name) ? 144 : 128
    return [LabScenario(name: name), LabScenario(name: name, snapshotLength: length)]
  }

  /// Made hard to tell apart afterwards: IP identification 0, and equal payloads as well.
  static let rewritten: [(name: String, arguments: [String])] = [
    ("identity-zero", ["--zero-ids"]),
    ("clusterip", ["--zero-ids", "--equal-payloads"]),
    ("nodeport", ["--zero-ids"]), ("masquerade-random", ["--zero-ids"]),
  ]

  /// Captured with `-i any` by a program that does not note the interfaces (LINUX_SLL).
  static let nameless = [
    "clean", "lossy-wire", "lossy-forward-source", "lossy-forward-destination", "clusterip",
    "lossy-ipv6", "three-nodes", "same-node", "host-gw", "calico", "canal",
  ]

  /// The same where packets get lost: of equal ones nobody knows which.
  static let equalAndLossy: [(name: String, arguments: [String])] = [
    ("lossy-wire", ["--zero-ids"]),
    ("lossy-wire", ["--zero-ids", "--equal-payloads"]),
    ("lossy-forward-destination", ["--zero-ids", "--equal-payloads"]),
    ("lossy-ipv6", ["--equal-payloads"]),
    ("identity-zero", ["--zero-ids", "--equal-payloads"]),
    ("three-nodes-lossy", ["--zero-ids", "--equal-payloads"]),
  ]
}

/// Runs scenarios, each once in the life of the test process.
enum Lab {
  static let program = Checkout.folder.appending(path: "Tests/Lab/lab").path

  /// On a busy machine the kernel itself may lose a packet, or not capture it, that the scenario does not
  /// lose: the lab notices, and its run proves nothing then.
  private static let attempts = 3

  private static let runs = Mutex<[LabScenario: ChildProcess]>([:])

  /// Captures and truth of a scenario.
  static func folder(of scenario: LabScenario) throws -> LabFolder {
    let url = output.appending(path: scenario.testDescription.filter { $0 != " " })
    let process = try runs.withLock { runs in
      if let run = runs[scenario] { return run }
      let arguments = ["run", "--output", url.path] + scenario.arguments
      var run = try ChildProcess(program, arguments)
      for _ in 1..<attempts where run.status != 0 {
        try? FileManager.default.removeItem(at: url)
        run = try ChildProcess(program, arguments)
      }
      runs[scenario] = run
      return run
    }
    try #require(process.status == 0, "\(process.errors)")
    return LabFolder(url)
  }

  /// A copy of a run that was changed by a program of the lab: `rewrite` or `shift-clock`.
  static func changed(
    _ folder: LabFolder, by program: String, _ arguments: [String]
  ) throws -> LabFolder {
    let copy = output.appending(
      path: folder.url.lastPathComponent + arguments.joined())
    let process = try ChildProcess(
      Checkout.folder.appending(path: "Tests/Lab/" + program).path,
      [folder.url.path, "--output", copy.path] + arguments)
    try #require(process.status == 0, "\(process.errors)")
    return LabFolder(copy)
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
