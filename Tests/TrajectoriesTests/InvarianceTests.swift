import Foundation
import Scoring
import TestSupport
import Testing
import Topology
import Trajectories

/// What must not matter: the order of the inputs, how captures are cut into files, their format.
struct InvarianceTests {
  /// A trace without what names its records.
  struct Shape: Hashable, CustomStringConvertible {
    let outcome: String?
    let lastSeen: String?
    /// Kind, point and recorded time of each hop, which octets of its record are meant, and the delay.
    let hops: [String]
    /// What else is said of the packet.
    let judgement: String
    /// The recorded time of the first transmission of the same bytes.
    let original: Int64?

    var description: String {
      "\(outcome ?? "") \(lastSeen ?? "") \(judgement) \(original ?? 0)\n  "
        + hops.joined(separator: "\n  ")
    }
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
    Self.expectSame(shapes, Self.shapes(captures))
  }

  /// Equal datagrams, and a unit that is sent again after it got lost, all without identification: nothing but
  /// their order tells them, over the border of two files, too.
  @Test func equalPacketsInFilesCutInTwo() throws {
    func network(_ numbers: Range<Int>) -> HandmadeNetwork {
      var network = HandmadeNetwork()
      network.sendOthers(beginning: numbers.contains(0), end: numbers.contains(19) ? 900_000 : nil)
      for number in numbers {
        let time = 100_000 + UInt32(number) * 3_000
        var datagram = HandmadePacket(identification: 0)
        datagram.payload = Array(UnitTests.text[..<100])
        network.send(datagram, at: time)
        guard number == 9 || number == 10 else { continue }
        for (place, point) in HandmadeNetwork.points.enumerated() where number == 10 || place < 3 {
          for cut in place < 3 ? [0..<3400] : [0..<1700, 1700..<3400] {
            var unit = HandmadePacket(identification: 0)
            unit.sequence = 5_000_000 + UInt32(cut.lowerBound)
            unit.payload = Array(UnitTests.text[cut])
            network.record(
              unit, at: point, time: time + 1_000 + UInt32(10 * place + cut.lowerBound / 1700))
          }
        }
      }
      return network
    }
    let whole = try network(0..<20).trace()
    let rest = network(10..<20)
    let cut = try network(0..<10).trace(
      more: HandmadeNetwork.points.map { (point: $0, bytes: rest.capture(of: $0)) })
    #expect(whole.traces.map(\.outcome).filter { $0 != "complete" } == ["lost"])
    for run in [whole, cut] { #expect(run.trajectories.allSatisfy { !$0.isAmbiguous }) }
    #expect(cut.traces.map(\.outcome) == whole.traces.map(\.outcome))
    #expect(
      cut.traces.map { $0.hops.map(\.point) } == whole.traces.map { $0.hops.map(\.point) })
    #expect(cut.trajectories.map(\.confidence) == whole.trajectories.map(\.confidence))
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
    // Finer timestamps make smaller errors.
    let isSameResolution = format == "pcapng"
    let shapes = withExtendedLifetime(converted) {
      Self.shapes(words, areTimed: isSameResolution)
    }
    Self.expectSame(shapes, Self.shapes(captures, areTimed: isSameResolution))
  }

  @Test(arguments: 1...12)
  func generatedTraffic(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(1000 + seed))
    let captures = GeneratedTraffic(seed: UInt64(seed)).captures
    let expected = try Self.shapes(captures.map { ($0.point, $0.pcap()) })
    #expect(Set(expected.map(\.outcome)).isSuperset(of: ["complete", "lost"]))
    #expect(expected.contains { $0.original != nil })

    let shuffled = captures.shuffled(using: &generator)
    let found = try Self.shapes(shuffled.map { ($0.point, $0.pcap()) })
    let isSameOrder = found == expected
    #expect(isSameOrder)
    try Self.expectSame(Self.shapes(captures.map { ($0.point, $0.pcapng()) }), expected)
    for cut in captures.indices {
      let parts = captures.enumerated().flatMap { index, capture in
        let end = capture.records.count
        let place = Int.random(in: 0...end, using: &generator)
        return index == cut
          ? [(capture.point, capture.pcap(0..<place)), (capture.point, capture.pcap(place..<end))]
          : [(capture.point, capture.pcap())]
      }
      try Self.expectSame(Self.shapes(parts.shuffled(using: &generator)), expected)
    }
  }

  /// `captures` are the names of points and the bytes of files.
  private static func shapes(_ captures: [(String, [UInt8])]) throws -> [Shape] {
    let files = try captures.map { ($0.0, try TemporaryFile($0.1)) }
    return withExtendedLifetime(files) { shapes(files.map { "\($0.0)=\($0.1.path)" }) }
  }

  /// Tells, of traces that begin alike, where they differ.
  private static func expectSame(_ found: [Shape], _ expected: [Shape]) {
    let new = Array(Set(found).subtracting(expected))
    let gone = Array(Set(expected).subtracting(found))
    guard !new.isEmpty || !gone.isEmpty || found.count != expected.count else { return }
    let words = new.prefix(4).map { shape in
      let other = gone.first { $0.hops.first == shape.hops.first }
      return "found: \(shape)\nexpected: \(other.map { "\($0)" } ?? "none like it")"
    }
    Issue.record(
      """
      \(found.count) traces of \(expected.count), \(new.count) new, \(gone.count) gone
      \(words.joined(separator: "\n"))
      """)
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

  /// - Parameter areTimed: whether delays and their errors are looked at.
  private static func shapes(_ words: [String], areTimed: Bool = true) -> [Shape] {
    let run = TraceRun(words)
    let times = Dictionary(
      uniqueKeysWithValues: run.trajectories.map { ($0.number, $0.origin.time) })
    return zip(run.traces, run.trajectories).map { trace, trajectory in
      let hops = zip(trace.hops, trajectory.hops).map { hop, row in
        let octets = hop.segment.map { "\($0.offset)+\($0.length)" } ?? ""
        let delay = areTimed ? "\(row.delay ?? -1) ± \(row.delayError ?? -1)" : ""
        return "\(hop.kind) \(hop.point) \(row.observation.time) \(octets) \(delay)"
      }
      if trace.outcome == "partial" { #expect(!trajectory.reasons.isEmpty) }
      let next = trajectory.expectedNext.map { run.table[$0].name } ?? ""
      let reasons = trajectory.reasons.map { reason in
        "\(reason.code) \(reason.point.map { run.table[$0].name } ?? "")"
      }
      return Shape(
        outcome: trace.outcome, lastSeen: trace.lastSeen, hops: hops,
        judgement: """
          \(trajectory.lossEvidence as Any) \(trajectory.confidence as Any) \(trajectory.isAmbiguous) \
          \(trajectory.delivered as Any) \(next) \(reasons)
          """,
        original: trajectory.retransmissionOf.flatMap { times[$0] })
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
