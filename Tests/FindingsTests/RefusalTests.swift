import Packets
import Testing

@testable import Findings
@testable import Trajectories

/// ICMP errors about the tunnel itself.
@Suite struct RefusalTests {
  private static let (n1, n2, n3) = ("172.30.9.11", "172.30.9.12", "172.30.9.13")

  private func note(
    _ evidence: inout PacketEvidence, from reporter: String, to receiver: String,
    at points: [UInt16], frame: UInt64 = 7, change: (inout ICMPErrorSummary) -> Void = { _ in }
  ) {
    var error = ICMPErrorSummary()
    error.type = 3
    error.code = 10
    error.source = TraceMaker.address(receiver)
    error.destination = TraceMaker.address(reporter)
    error.transportProtocol = 17
    error.sourcePort = 50_000
    error.destinationPort = 8472
    change(&error)
    for point in points {
      let key = PacketEvidence.ErrorKey(
        error: error, reporter: error.destination, receiver: error.source, point: point,
        isEncapsulated: false)
      evidence.note(key, FrameReference(file: point, frame: frame))
    }
  }

  /// Of one node's packets to another, only the wire was captured.
  private func send(
    _ maker: inout TraceMaker, from source: String, to destination: String, port: UInt16 = 8472
  ) {
    maker.add(at: [3]) {
      $0.source = TraceMaker.address(source.replacing("172.30.9.", with: "10.42.9."))
      $0.tunnelSource = TraceMaker.address(source)
      $0.tunnelDestination = TraceMaker.address(destination)
      $0.tunnelDestinationPort = port
    }
  }

  /// The error passes both network cards.
  @Test func oneRefusalIsOneFinding() {
    var maker = TraceMaker()
    send(&maker, from: Self.n1, to: Self.n2)
    var evidence = PacketEvidence()
    note(&evidence, from: Self.n2, to: Self.n1, at: [4, 3])
    let findings = maker.findings(evidence)
    #expect(findings.map(\.code) == [.vxlanRefused])
    #expect(findings.first?.packets == 1)
    #expect(
      findings.first?.evidence == [
        FrameReference(file: 3, frame: 7), FrameReference(file: 4, frame: 7),
      ])
  }

  /// What one node refuses says nothing of what another one does.
  @Test func eachPairIsToldOf() {
    var maker = TraceMaker()
    maker.add(at: [0, 1, 2, 3], next: 4)
    send(&maker, from: Self.n1, to: Self.n3)
    var evidence = PacketEvidence()
    note(&evidence, from: Self.n2, to: Self.n1, at: [3], frame: 7)
    note(&evidence, from: Self.n3, to: Self.n1, at: [3], frame: 8)
    // The same of another flow between the same nodes.
    note(&evidence, from: Self.n2, to: Self.n1, at: [3], frame: 9) { $0.sourcePort = 50_001 }
    let found = maker.findings(evidence).filter { $0.code == .vxlanRefused }
    #expect(Set(found.map(\.summary)).count == 2)
    #expect(found.count == 2)
  }

  /// A wrong port is why nobody listens: of those two nodes.
  @Test func aWrongPortExplainsItsOwnRefusalOnly() {
    var maker = TraceMaker()
    send(&maker, from: Self.n1, to: Self.n2)
    send(&maker, from: Self.n2, to: Self.n1, port: 4789)
    send(&maker, from: Self.n1, to: Self.n3)
    var evidence = PacketEvidence()
    note(&evidence, from: Self.n2, to: Self.n1, at: [3], frame: 7) { $0.code = 3 }
    #expect(maker.findings(evidence).map(\.code) == [.portMismatch])
    note(&evidence, from: Self.n3, to: Self.n1, at: [3], frame: 8) { $0.code = 3 }
    #expect(Set(maker.findings(evidence).map(\.code)) == [.portMismatch, .vxlanRefused])
  }

  /// Each point that the error passes counts it.
  @Test func anErrorSeenAtManyPointsIsNotManyErrors() {
    var maker = TraceMaker()
    for _ in 0..<3 { maker.add(at: [0, 1], next: 2) { $0.length = 1450 } }
    var evidence = PacketEvidence()
    note(&evidence, from: Self.n1, to: Self.n2, at: [0, 1]) {
      $0.code = 4
      $0.mtu = 1400
      $0.source = TraceMaker.address("10.42.1.2")
      $0.destination = TraceMaker.address("10.42.2.2")
      $0.destinationPort = 5001
    }
    let finding = maker.findings(evidence).first
    #expect(finding?.code == .tooBig)
    #expect(finding?.evidence.suffix(2).map(\.file) == [0, 1])
  }
}
