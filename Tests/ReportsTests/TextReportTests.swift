import Findings
import Foundation
import Testing

@testable import Reports
@testable import Trajectories

@Suite struct TextReportTests {
  private func text(
    _ trajectories: [Trajectory], selection: PacketSelection? = nil, width: Int = 100,
    hasColor: Bool = false, facts: AnalysisFacts = TraceBuilder.facts(),
    points: PointTable = TraceBuilder.points
  ) -> String {
    let output = Collector()
    let report = TextReport(
      files: TraceBuilder.files, selection: selection, width: width, hasColor: hasColor,
      sink: output.sink)
    for trajectory in trajectories { report.add(trajectory, points: points) }
    report.finish(facts, points: points)
    return output.text
  }

  @Test func onePacket() {
    var trajectory = TraceBuilder.example()
    trajectory.hops.append(
      TraceBuilder.hop(
        TraceBuilder.row(at: 4) {
          $0.timeToLive = 63
          TraceBuilder.tunnelled(&$0)
        }))
    trajectory.hops.append(
      TraceBuilder.hop(
        TraceBuilder.row(at: 5) {
          $0.timeToLive = 62
          $0.destination = TraceBuilder.address("10.42.2.9")
          $0.destinationPort = 80
        }, delay: 1_250, error: 1000))
    #expect(
      text([trajectory], width: 120) == """
        2 nodes, 6 points, 1 packet
        from 2025-11-22 15:03:08 UTC

        #1  UDP  10.42.1.2:59048 → 10.42.2.2:5001   id 52608   228 bytes   complete
            n1/veth11aa        15:03:08.349061    ttl 64
            n1/ens5                     +30 µs    ttl 63   in VXLAN 1, 172.30.9.11 → 172.30.9.12:8472
          ═ n2/ens5                        n/a
            n2/veth21aa                +1.3 µs    ttl 62   to 10.42.2.9:80, was 10.42.2.2:5001   out of VXLAN
          n/a: the clocks of two nodes could not be compared

        """)
  }

  @Test func lossOnTheWire() {
    var arrived = TraceBuilder.example()
    arrived.hops.append(
      TraceBuilder.hop(
        TraceBuilder.row(at: 4) {
          $0.timeToLive = 63
          TraceBuilder.tunnelled(&$0)
        }, delay: 4_000, error: 2_000))
    var facts = TraceBuilder.facts()
    facts.findings = [
      Finding(
        code: .vxlanLostOnWire, severity: .error, confidence: .medium, point: 3,
        direction: .init(source: 0, destination: 1), packets: 2, total: 3,
        summary: "VXLAN packets leave n1/ens5 and do not reach n2/ens5",
        causes: [
          "a firewall", "a name\u{1b}[31m with a colour in it that needs more than one line",
        ],
        evidence: [FrameReference(file: 3, frame: 9)], checks: ["nc -u", "ip link"],
        fix: "open the port"),
      Finding(
        code: .overlayHealthy, severity: .info, confidence: .high, packets: 7,
        summary: "the overlay is healthy"),
    ]
    #expect(
      text([arrived, TraceBuilder.lost(), TraceBuilder.lost(number: 3)], facts: facts) == """
        2 nodes, 6 points, 3 packets in 30 µs: 1 complete, 2 lost
        from 2025-11-22 15:03:08 UTC

          ✗ VXLAN packets leave n1/ens5 and do not reach n2/ens5 (2 of 3, 66.7 %)
              cause:  a firewall; a name\\x1b[31m with a colour in it that needs more than one line
              check:  nc -u · ip link
              fix:    open the port
              e.g. n1-ens5.pcap frame 9, vxhop explain vxlan-lost-on-wire
          ✓ the overlay is healthy (7 packets)

          leg                     packets   lost      p50      p99      max
          n1/veth11aa → n1/ens5         3      0    30 µs    30 µs    30 µs
          n1/ens5     ═ n2/ens5         3      2   4±2 µs   4±2 µs   4±2 µs

          flow with trouble                      packets   bytes   lost
          udp 10.42.1.2:59048 → 10.42.2.2:5001         3   684 B      2   66.7 %

        #2  UDP  10.42.1.2:59048 → 10.42.2.2:5001   id 52608   228 bytes   LOST after n1/ens5
            n1/veth11aa        15:03:08.349061    ttl 64
            n1/ens5                     +30 µs    ttl 63   in VXLAN 1, 172.30.9.11 → 172.30.9.12:8472
          ✗ n2/ens5                               recorded 1 other packet from n1/ens5, not this one

        """)
  }

  @Test func blackHoleIntoAnEmptyCapture() {
    var facts = TraceBuilder.facts()
    facts.points[4].frames = 0
    let lost = TraceBuilder.lost(evidence: .inferred)
    let text = text([lost, lost], facts: facts)
    #expect(text.contains("2 packets in 30 µs: all lost"))
    #expect(text.contains("✗ n2/ens5                               recorded nothing at all"))
  }

  @Test func captureThatEndedEarly() {
    let text = text([TraceBuilder.lost(evidence: .inferred)], width: 120)
    #expect(text.contains("has nothing from this moment, when other captures of n2 ran"))
  }

  /// Of one packet alone nothing can be said of others.
  @Test(arguments: [(1, "has not this packet"), (3, "has none of these 3 packets")])
  func nothingArrives(count: Int, words: String) {
    #expect(text((1...count).map { _ in TraceBuilder.lost() }).contains("was recording; " + words))
  }

  @Test func partialPacketNamesTheCaptureThatWouldDecide() {
    var partial = TraceBuilder.lost()
    partial.outcome = .partial
    partial.lossEvidence = nil
    partial.reasons = [.init(point: 4, code: .notRecording)]
    let text = text([partial, partial])
    #expect(text.contains("2 packets are partial: n2/ens5 was not recording then"))
    #expect(text.contains("seen until n1/ens5"))
    #expect(
      text.contains(
        "? n2/ens5                               was not recording then: a capture there"))
  }

  @Test func copiesAreMarked() {
    var trajectory = TraceBuilder.example()
    trajectory.hops.insert(
      TraceBuilder.hop(TraceBuilder.row(at: 1), kind: .bridgeCopy), at: 1)
    #expect(text([trajectory]).contains("    n1/cni0                               (copy"))
  }

  @Test func onePointOnly() {
    let points = TraceBuilder.table([("n1", "cni0")])
    let packet = TraceBuilder.trajectory(
      [TraceBuilder.hop(TraceBuilder.row(at: 0))], outcome: .partial)
    #expect(
      text([packet, packet], facts: TraceBuilder.facts(points: points), points: points) == """
        1 node, 1 point, 2 packets
        from 2025-11-22 15:03:08 UTC

          ! one point, n1/cni0: nothing to compare with; name captures of other points too

          flow                                   packets   bytes
          udp 10.42.1.2:59048 → 10.42.2.2:5001         2   456 B

        """)
  }

  @Test func nothingAtAll() {
    #expect(text([]) == "2 nodes, 6 points, 0 packets\n")
  }

  @Test func colourOnlyIfAsked() {
    let packets = [TraceBuilder.example(), TraceBuilder.lost()]
    #expect(!text(packets).contains("\u{1b}"))
    let coloured = text(packets, hasColor: true)
    #expect(coloured.contains("\u{1b}[1;31m"))
    #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == text(packets))
  }

  /// What fits on a screen, however many packets, legs and flows there are.
  @Test func manyPacketsFitOnAScreen() {
    let points = TraceBuilder.table((0..<200).map { ("node\($0 / 20)", "veth\($0)") })
    var random = SplitMix(state: 1)
    let packets = (0..<5_000).map { number in
      let hops = (0..<4).map { _ in
        TraceBuilder.hop(
          TraceBuilder.row(at: UInt16.random(in: 0..<200, using: &random)) {
            $0.file = 0
            $0.sourcePort = UInt16(truncatingIfNeeded: number)
          })
      }
      var packet = TraceBuilder.trajectory(hops, outcome: .lost)
      packet.expectedNext = 7
      return packet
    }
    let lines = text(packets, facts: TraceBuilder.facts(points: points), points: points)
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count < 90)
  }

  /// More single packets than can wait are written as they come, each once.
  @Test(arguments: [(10, true), (PacketShelf.limit + 10, false)])
  func singlePacketsAsked(count: Int, isPictureFirst: Bool) {
    let packets = (1...count).map { number in
      var packet = TraceBuilder.example()
      packet.number = UInt64(number)
      return packet
    }
    let lines = text(packets, selection: .all).split(separator: "\n")
    let headers = lines.filter { $0.hasPrefix("#") }
    #expect(headers.count == count)
    #expect(headers.last?.hasPrefix("#\(count)  UDP") == true)
    #expect((lines.first?.hasPrefix("2 nodes") == true) == isPictureFirst)
  }

  /// Whatever there is to tell keeps to the width: names as long as can be are shortened or broken.
  @Test(arguments: [40, 60, 80, 120, 200])
  func keepsToTheWidth(width: Int) {
    let long = String(repeating: "x", count: 63)
    let points = TraceBuilder.table([("n1-\(long)", "veth11aa"), ("n1-\(long)", "cni0")])
    let hops = [
      TraceBuilder.hop(TraceBuilder.row(at: 0)),
      TraceBuilder.hop(TraceBuilder.row(at: 1), delay: 123_456, error: 1000),
    ]
    var lost = TraceBuilder.trajectory([hops[0]], number: 2, outcome: .lost)
    lost.expectedNext = 1
    lost.lossEvidence = .proven
    var facts = TraceBuilder.facts(points: points)
    facts.findings = [
      Finding(
        code: .vxlanLostOnWire, severity: .error, confidence: .medium, packets: 2, total: 3,
        summary: "packets leave \(long) and do not come to where they should",
        causes: ["a firewall", "a lossy link"], checks: ["sysctl net.ipv4.conf.all.forwarding"],
        fix: "open the port")
    ]
    for hasColor in [false, true] {
      let text = text(
        [TraceBuilder.trajectory(hops), lost], selection: .all, width: width, hasColor: hasColor,
        facts: facts, points: points)
      let lines = text.replacing(/\u{1b}\[[0-9;]*m/, with: "").split(separator: "\n")
      for line in lines { #expect(line.count <= width, "\(line)") }
      #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
    }
  }

  @Test func breaksLinesBetweenWords() {
    var line = TextLine(hasColor: true)
    line.append("  ✗ ", .bad)
    line.append("some words and others")
    #expect(
      line.broken(at: 16).map(\.text) == [
        "  \u{1b}[1;31m✗\u{1b}[0m some words", "    and others",
      ])
    var long = TextLine(hasColor: false)
    long.append("abcdefghijklm nop")
    var measured = TextLine(hasColor: false)
    measured.append("after 12 µs, 9.0 %)")
    #expect(measured.broken(at: 12).map(\.text) == ["after 12 µs,", "  9.0 %)"])
    #expect(measured.broken(at: 11).map(\.text) == ["after", "  12 µs,", "  9.0 %)"])
    #expect(long.broken(at: 8).map(\.text) == ["abcdefgh", "  ijklm", "  nop"])
  }
}
