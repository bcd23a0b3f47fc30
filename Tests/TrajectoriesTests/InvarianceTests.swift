import Foundation
import Scoring
import TestSupport
import Testing
import Trajectories

/// What must not matter: the order of the inputs, how captures are cut into files, their format.
struct InvarianceTests {
  /// A trace without what names its records.
  struct Shape: Hashable {
    let outcome: String?
    let lastSeen: String?
    /// Kind, point and recorded time of each hop.
    let hops: [String]
  }

  static let fixtures = ["demo", "clusterip", "ipv6"]

  @Test(arguments: fixtures, [UInt64(1), 2, 3])
  func theOrderOfTheInputs(fixture: String, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let captures = try Self.captures(of: fixture)
    let shuffled = captures.shuffled(using: &generator)
    #expect(shuffled != captures)
    let (found, expected) = (Self.shapes(shuffled), Self.shapes(captures))
    Self.expectSame(found, expected)
    let isSameOrder = found == expected
    #expect(isSameOrder)
  }

  @Test(arguments: fixtures, [1, 40])
  func captureFilesCutInTwo(fixture: String, records: Int) throws {
    let captures = try Self.captures(of: fixture)
    let parts = try captures.flatMap { path in
      let (first, second) = try Self.cut(path, after: records)
      return [(path, first), (path, second)]
    }
    let words = parts.map { "\(Self.point($0.0))=\($0.1.path)" }
    let shapes = withExtendedLifetime(parts) { Self.shapes(words) }
    // Reports to multicast routers are sent twice without a difference: in two files of one point
    // they look like one that was captured twice.
    Self.expectSame(
      shapes.filter { $0.outcome != nil }, Self.shapes(captures).filter { $0.outcome != nil })
  }

  @Test(
    .enabled(if: Editcap.isInstalled, "editcap converts the captures"), arguments: fixtures,
    ["pcapng", "nsecpcap"])
  func theFormat(fixture: String, format: String) throws {
    let captures = try Self.captures(of: fixture)
    let converted = try captures.map { path in
      let file = try TemporaryFile(named: "converted")
      let process = try ChildProcess("editcap", ["-F", format, path, file.path])
      try #require(process.status == 0, "\(process.errors)")
      return (path, file)
    }
    let words = converted.map { "\(Self.point($0.0))=\($0.1.path)" }
    let shapes = withExtendedLifetime(converted) { Self.shapes(words) }
    Self.expectSame(shapes, Self.shapes(captures))
  }

  private static func expectSame(_ found: [Shape], _ expected: [Shape]) {
    let new = Array(Set(found).subtracting(expected).prefix(3))
    let gone = Array(Set(expected).subtracting(found).prefix(3))
    if !new.isEmpty || !gone.isEmpty || found.count != expected.count {
      Issue.record("\(found.count) traces, of \(expected.count); new: \(new); gone: \(gone)")
    }
  }

  private static func captures(of fixture: String) throws -> [String] {
    try LabFolder(Checkout.folder.appending(path: "Fixtures/\(fixture)")).captures(.interfaces)
  }

  /// `n1/cni0` for the path of `n1-cni0.pcap`.
  private static func point(_ path: String) -> String {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let parts = name.split(separator: "-", maxSplits: 1)
    return parts.joined(separator: "/")
  }

  private static func shapes(_ words: [String]) -> [Shape] {
    let run = TraceRun(words)
    return zip(run.traces, run.trajectories).map { trace, trajectory in
      let hops = zip(trace.hops, trajectory.hops).map { hop, row in
        "\(hop.kind) \(hop.point) \(row.observation.time)"
      }
      return Shape(outcome: trace.outcome, lastSeen: trace.lastSeen, hops: hops)
    }
  }

  /// A pcap file's records up to a number, and the rest; both with the file's header.
  private static func cut(
    _ path: String, after count: Int
  ) throws -> (TemporaryFile, TemporaryFile) {
    let bytes = try #require(FileBytes.read(path))
    var end = 24
    for _ in 0..<count where end + 16 <= bytes.count {
      let captured = (0..<4).reduce(0) { $0 | Int(bytes[end + 8 + $1]) << (8 * $1) }
      end += 16 + captured
    }
    return (
      try TemporaryFile(Array(bytes[..<end])),
      try TemporaryFile(Array(bytes[..<24] + bytes[end...]))
    )
  }
}

enum Editcap {
  static let isInstalled = (try? ChildProcess("editcap", ["--version"]).status) == 0
}
