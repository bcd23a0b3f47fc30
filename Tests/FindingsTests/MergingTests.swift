import Packets
import Testing

@testable import Findings
@testable import Trajectories

/// The same said twice, of other packets, is said once, and nothing of it is lost.
@Suite struct MergingTests {
  private func finding(
    _ direction: Finding.Direction?, packets: UInt64 = 2, total: UInt64? = nil,
    frames: Range<UInt64> = 1..<2
  ) -> Finding {
    Finding(
      code: .vxlanLostOnWire, severity: .warning, confidence: .medium, point: 3,
      direction: direction, packets: packets, total: total, summary: "packets vanish",
      causes: ["a firewall"], evidence: frames.map { FrameReference(file: 0, frame: $0) },
      checks: ["tcpdump"])
  }

  static let ways: [(Finding.Direction?, Finding.Direction?, name: String?)] = [
    (.init(source: 0, destination: 1), .init(source: 0, destination: 1), "n1→n2"),
    (.init(source: 1, destination: 0), .init(source: 0, destination: 1), "n1↔n2"),
    (.init(source: 0, destination: 1), .init(source: 0, destination: 2), "n1→?"),
    (.init(source: nil, destination: 1), .init(source: 0, destination: 1), "?→n2"),
    (.init(source: 0, destination: 1), .init(source: 1, destination: 2), nil),
    (.init(source: 0, destination: 1), nil, nil),
  ]

  @Test(arguments: ways)
  func theDirectionIsWhatBothHave(
    _ way: (one: Finding.Direction?, other: Finding.Direction?, name: String?)
  ) {
    var one = finding(way.one)
    one.merge(finding(way.other))
    #expect(one.direction?.name(in: ["n1", "n2", "n3"]) == way.name)
  }

  @Test func bothWaysStayBothWays() {
    let there = Finding.Direction(source: 0, destination: 1)
    var all = finding(there)
    all.merge(finding(.init(source: 1, destination: 0)))
    all.merge(finding(there))
    #expect(all.direction?.name(in: ["n1", "n2"]) == "n1↔n2")
    all.merge(finding(.init(source: 0, destination: 2)))
    #expect(all.direction == nil)
  }

  @Test func evidenceOfBothIsKept() {
    var one = finding(nil, frames: 1..<6)
    one.merge(finding(nil, frames: 11..<16))
    #expect(one.evidence.map(\.frame) == [1, 2, 3, 11, 12])
    var few = finding(nil, frames: 1..<3)
    few.merge(finding(nil, frames: 2..<4))
    #expect(few.evidence.map(\.frame) == [1, 2, 3])
  }

  /// Of one destination, what passed is the same; of two it is not.
  @Test func packetsAddUp() {
    let there = Finding.Direction(source: 0, destination: 1)
    var one = finding(there, packets: 2, total: 12)
    one.merge(finding(.init(source: nil, destination: 1), packets: 3, total: 13))
    #expect(one.packets == 5)
    #expect(one.total == 15)
    var two = finding(there, packets: 2, total: 12)
    two.merge(finding(.init(source: 0, destination: 2), packets: 3, total: 13))
    #expect(two.total == 25)
  }

  @Test func theWorseAndTheLessSureCount() {
    var one = finding(nil)
    var other = finding(nil)
    other.severity = .error
    other.confidence = .low
    other.causes = ["a firewall", "a full disk"]
    one.merge(other)
    #expect(one.severity == .error)
    #expect(one.confidence == .low)
    #expect(one.causes == ["a firewall", "a full disk"])
    #expect(one.checks == ["tcpdump"])
  }

  /// Only what is said of one point in the same words.
  @Test func whatIsReportedTwiceIsMerged() {
    var book = Casebook(
      Diagnosis(), surroundings: Surroundings(table: TraceMaker.table) { _ in nil })
    book.report(finding(.init(source: 0, destination: 1)))
    book.report(finding(.init(source: 1, destination: 0)))
    var elsewhere = finding(.init(source: 0, destination: 1))
    elsewhere.point = 4
    book.report(elsewhere)
    #expect(book.findings.map(\.packets) == [4, 2])
    #expect(book.findings.map { $0.direction?.name(in: ["n1", "n2"]) } == ["n1↔n2", "n1→n2"])
  }
}
