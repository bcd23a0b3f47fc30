import Packets
import Testing

@testable import Findings
@testable import Trajectories

@Suite struct RuleTests {
  private func codes(_ findings: [Finding]) -> [FindingCode] { findings.map(\.code) }

  @Test func aHealthyOverlayIsSaidToBeHealthy() {
    var maker = TraceMaker()
    for _ in 0..<3 { maker.add() }
    let findings = maker.findings()
    #expect(codes(findings) == [.overlayHealthy])
    #expect(findings.first?.severity == .info)
    #expect(findings.first?.packets == 3)
  }

  @Test func whatIsPartialIsNoLossAndNoHealth() {
    var maker = TraceMaker()
    maker.add(at: [0, 1, 2, 3], next: 4, outcome: .partial)
    #expect(maker.findings().isEmpty)
  }

  /// What came as far as the far NIC, or its VTEP, may have been refused there.
  @Test(arguments: [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5], [3, 4]] as [[UInt16]])
  func whatWasNotSeenAtAPodIsNoHealth(points: [UInt16]) {
    var maker = TraceMaker()
    maker.add(at: points, outcome: .complete)
    #expect(maker.findings().isEmpty)
  }

  /// Where a packet vanished, and what is made of it if nothing else is known.
  static let places: [(seen: [UInt16], next: UInt16, code: FindingCode)] = [
    ([0, 1], 2, .forwardDrop), ([0, 1, 2], 3, .vtepForwardingMissing),
    ([0, 1, 2, 3], 4, .vxlanLostOnWire), ([0, 1, 2, 3, 4], 5, .vxlanDroppedByHost),
    ([0, 1, 2, 3, 4, 5], 6, .forwardDrop), ([0, 1, 2, 3, 4, 5, 6], 7, .podUnreached),
    ([0, 1], 5, .packetsLost),
  ]

  @Test(arguments: places)
  func eachPartOfTheWay(_ place: (seen: [UInt16], next: UInt16, code: FindingCode)) {
    var maker = TraceMaker()
    for _ in 0..<4 { maker.add(at: place.seen, next: place.next) }
    let findings = maker.findings()
    #expect(codes(findings) == [place.code])
    #expect(findings.first?.severity == .error)
    #expect(findings.first?.point == place.seen.last)
    #expect(findings.first?.direction == .init(source: 0, destination: 1))
    #expect(findings.first?.packets == 4)
    #expect(findings.first?.evidence.first == FrameReference(file: place.seen.last ?? 0, frame: 1))
  }

  /// All of the later point's frames are of another time: its capture may have been started late.
  @Test func whatNoRecordProvesIsNoError() {
    var maker = TraceMaker()
    for _ in 0..<4 { maker.add(at: [0, 1, 2, 3], next: 4, evidence: .inferred) }
    let late = maker.findings(recorded: [4]).first
    #expect(late?.severity == .warning)
    #expect(late?.confidence == .low)
    // Without any frame it recorded as the others did, and nothing arrived.
    #expect(maker.findings().first?.severity == .error)
    maker.add(at: [0, 1, 2, 3], next: 4, evidence: .proven)
    #expect(maker.findings(recorded: [4]).first?.severity == .error)
  }

  @Test func aFewOfManyAreAWarning() {
    var maker = TraceMaker()
    for _ in 0..<5000 { maker.add() }
    maker.add(at: [0, 1, 2, 3], next: 4)
    #expect(maker.findings().first?.severity == .warning)
  }

  @Test func largePacketsOnly() {
    var maker = TraceMaker()
    for _ in 0..<5 { maker.add { $0.length = 900 } }
    for _ in 0..<2 { maker.add(at: [0, 1, 2, 3], next: 4) { $0.length = 1450 } }
    #expect(codes(maker.findings()) == [.mtuBlackHole])
    // With one that was as large and passed, size is not the reason.
    maker.add { $0.length = 1450 }
    #expect(codes(maker.findings()) == [.vxlanLostOnWire])
  }

  @Test func oneOfTwoQuestionsAtOnce() {
    var maker = TraceMaker()
    for race in 0..<3 {
      let ask: (inout Observation) -> Void = {
        $0.destinationPort = 53
        $0.sourcePort = 50_000 + UInt16(race)
      }
      maker.add(milliseconds: Int64(race) * 100, ask)
      maker.add(at: [0], next: 1, milliseconds: Int64(race) * 100, ask)
      maker.add(milliseconds: Int64(race) * 100 + 5000, ask)
    }
    #expect(codes(maker.findings()) == [.dnsRace])
  }

  @Test func questionsThatAreLostAloneAreNoRace() {
    var maker = TraceMaker()
    for port in 0..<3 {
      maker.add(at: [0, 1], next: 2, milliseconds: 10) {
        $0.destinationPort = 53
        $0.sourcePort = 50_000 + UInt16(port)
      }
      maker.add(milliseconds: 2000) {
        $0.destinationPort = 53
        $0.sourcePort = 50_000 + UInt16(port)
      }
    }
    #expect(codes(maker.findings()) == [.forwardDrop])
  }

  /// A request to 10.43.0.80, which is translated to the other node's pod.
  private func connect(_ maker: inout TraceMaker) {
    maker.add { row in
      row.transportProtocol = 6
      row.tcpFlags = 0x02
      if row.point == 0 { row.destination = TraceMaker.address("10.43.0.80") }
    }
  }

  private func answer(_ maker: inout TraceMaker, flags: UInt8, isTranslated: Bool) {
    maker.add(at: TraceMaker.back) { row in
      row.transportProtocol = 6
      row.tcpFlags = flags
      row.turnRound()
      if row.point == 0 && isTranslated { row.source = TraceMaker.address("10.43.0.80") }
    }
  }

  @Test func answersPastTheTranslation() {
    var maker = TraceMaker()
    connect(&maker)
    answer(&maker, flags: 0x12, isTranslated: false)
    let finding = maker.findings().first
    #expect(finding?.code == .replyBypassesNAT)
    #expect(finding?.direction == .init(source: 1, destination: 0))
  }

  @Test func answersThatAreTranslatedAreWell() {
    var maker = TraceMaker()
    // The order in which packets become known does not matter.
    answer(&maker, flags: 0x12, isTranslated: true)
    connect(&maker)
    #expect(codes(maker.findings()) == [.overlayHealthy])
  }

  @Test func aClientThatResetsWhatItDoesNotKnow() {
    var maker = TraceMaker()
    connect(&maker)
    answer(&maker, flags: 0x12, isTranslated: true)
    maker.add {
      $0.transportProtocol = 6
      $0.tcpFlags = 0x04
    }
    #expect(maker.findings().first?.code == .conntrackInvalidReset)
  }

  @Test func aWrongChecksumCountsOnlyWhereItIsReceived() {
    var maker = TraceMaker()
    maker.add { if $0.point <= 3 { $0.traits.insert(.hasWrongChecksum) } }
    #expect(codes(maker.findings()) == [.overlayHealthy])
    maker.add { $0.traits.insert(.hasWrongChecksum) }
    let finding = maker.findings().first
    #expect(finding?.code == .innerChecksumWrong)
    #expect(finding?.point == 4)
  }

  private func open(_ maker: inout TraceMaker, port: UInt16, isLost: Bool) {
    maker.add(at: isLost ? [0, 1] : TraceMaker.way, next: isLost ? 2 : nil) {
      $0.transportProtocol = 6
      $0.tcpFlags = 0x02
      $0.sourcePort = port
    }
  }

  @Test func newConnectionsThatVanishAtRandom() {
    var maker = TraceMaker()
    for port in 1...6 as ClosedRange<UInt16> { open(&maker, port: port, isLost: port % 2 == 0) }
    let finding = maker.findings().first
    #expect(finding?.code == .newConnectionsDropped)
    #expect(finding?.packets == 3)
    #expect(finding?.point == 1)
  }

  @Test func aPortThatIsClosedToAllIsNoFullTable() {
    var maker = TraceMaker()
    for port in 1...6 as ClosedRange<UInt16> { open(&maker, port: port, isLost: true) }
    #expect(codes(maker.findings()) == [.forwardDrop])
  }

  @Test func lossesOfOpenConnectionsAreNoFullTable() {
    var maker = TraceMaker()
    for port in 1...6 as ClosedRange<UInt16> { open(&maker, port: port, isLost: port % 2 == 0) }
    maker.add(at: [0, 1], next: 2) {
      $0.transportProtocol = 6
      $0.tcpFlags = 0x10
    }
    #expect(codes(maker.findings()).contains(.forwardDrop))
  }

  private func sendAgain(_ maker: inout TraceMaker, isFirstLost: Bool) {
    let segment: (inout Observation) -> Void = {
      $0.transportProtocol = 6
      $0.tcpFlags = 0x10
    }
    for index in 0..<20 as Range<UInt64> {
      maker.add(at: isFirstLost ? [0, 1] : TraceMaker.way, next: isFirstLost ? 2 : nil, segment)
      maker.add(repeating: 2 * index + 1, segment)
    }
  }

  @Test func segmentsThatArriveAndAreSentAgain() {
    var maker = TraceMaker()
    sendAgain(&maker, isFirstLost: false)
    let finding = maker.findings().first { $0.code == .deliveredSegmentsRepeated }
    #expect(finding?.severity == .warning)
    #expect(finding?.packets == 20)
    #expect(finding?.total == 40)
    #expect(finding?.direction == .init(source: 0, destination: 1))
  }

  @Test func segmentsThatAreLostAreRightlySentAgain() {
    var maker = TraceMaker()
    sendAgain(&maker, isFirstLost: true)
    #expect(codes(maker.findings()) == [.forwardDrop])
  }

  /// WireGuard's first message again and again; its answer makes all well.
  @Test(arguments: [true, false])
  func handshakes(isAnswered: Bool) {
    let (one, other) = (TraceMaker.address("172.30.9.11"), TraceMaker.address("172.30.9.12"))
    var evidence = PacketEvidence()
    for frame in 1...3 as ClosedRange<UInt64> {
      evidence.note(
        handshake: .init(source: one, destination: other, point: 3), isResponse: false,
        FrameReference(file: 3, frame: frame))
    }
    if isAnswered {
      evidence.note(
        handshake: .init(source: other, destination: one, point: 3), isResponse: true,
        FrameReference(file: 3, frame: 9))
    }
    let findings = TraceMaker().findings(evidence)
    #expect(codes(findings) == (isAnswered ? [] : [.wireGuardSilent]))
    #expect(isAnswered || findings.first?.direction == .init(source: 0, destination: 1))
    #expect(isAnswered || findings.first?.packets == 3)
  }

  @Test func aNodeThatAnswersFromAnotherAddress() {
    var maker = TraceMaker()
    maker.add()
    maker.add(at: TraceMaker.back) {
      $0.turnRound()
      if $0.isEncapsulated { $0.tunnelSource = TraceMaker.address("172.30.9.99") }
    }
    let findings = maker.findings()
    let difference = findings.first { $0.code == .vtepSourceDiffers }
    // Sent by n2 at its network card, received there.
    #expect(
      difference?.evidence == [
        FrameReference(file: 4, frame: 2), FrameReference(file: 4, frame: 1),
      ])
    #expect(findings.allSatisfy { $0.severity != .error })
  }

  @Test func aNodeThatForwardsIsNoHomeOfItsSenders() {
    var maker = TraceMaker()
    maker.add()
    maker.add {
      $0.tunnelSource = TraceMaker.address("172.30.9.13")
      $0.timeToLive = 62
    }
    #expect(!codes(maker.findings()).contains(.podAddressDuplicate))
    maker.add { $0.tunnelSource = TraceMaker.address("172.30.9.13") }
    #expect(codes(maker.findings()).contains(.podAddressDuplicate))
  }
}
