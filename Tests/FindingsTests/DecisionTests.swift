import Testing

@testable import Findings
@testable import Packets
@testable import Topology
@testable import Trajectories

/// What is asked in which order of packets that were lost at one part of the way.
@Suite struct DecisionTests {
  private func codes(_ findings: [Finding]) -> [FindingCode] { findings.map(\.code) }

  private func error(
    _ evidence: inout PacketEvidence, from reporter: String, at point: UInt16,
    _ change: (inout ICMPErrorSummary) -> Void
  ) {
    var error = ICMPErrorSummary()
    error.type = 3
    error.source = TraceMaker.address("10.42.1.2")
    error.destination = TraceMaker.address("10.42.2.2")
    error.transportProtocol = 17
    error.destinationPort = 5001
    change(&error)
    let key = PacketEvidence.ErrorKey(
      error: error, reporter: TraceMaker.address(reporter), receiver: error.source, point: point,
      isEncapsulated: false)
    for frame in 1...3 as ClosedRange<UInt64> {
      evidence.note(key, FrameReference(file: point, frame: frame))
    }
  }

  private func quoteTunnel(_ error: inout ICMPErrorSummary) {
    error.source = TraceMaker.address("172.30.9.11")
    error.destination = TraceMaker.address("172.30.9.12")
    error.destinationPort = 8472
  }

  /// A router of the underlay tells that VXLAN packets do not fit: 1400 bytes and 50 of headers.
  @Test(arguments: [(1449, true), (1450, false)] as [(UInt32, Bool)])
  func theUnderlayTellsItsMTU(mtu: UInt32, isTooBig: Bool) {
    var maker = TraceMaker()
    for _ in 0..<3 { maker.add(at: [0, 1, 2, 3], next: 4) { $0.length = 1400 } }
    var evidence = PacketEvidence()
    error(&evidence, from: "172.30.8.1", at: 3) {
      quoteTunnel(&$0)
      $0.code = 4
      $0.mtu = mtu
    }
    let finding = maker.findings(evidence).first
    #expect(finding?.code == (isTooBig ? .tooBigIgnored : .vxlanLostOnWire))
    #expect(!isTooBig || finding?.summary.contains("(1450 bytes)") == true)
  }

  /// The node itself refuses; a router does not find it.
  @Test(
    arguments: [("172.30.9.12", .vxlanRefused), ("172.30.8.1", .vtepAddressWrong)]
      as [(String, FindingCode)])
  func aHostThatIsUnreachable(reporter: String, code: FindingCode) {
    var evidence = PacketEvidence()
    error(&evidence, from: reporter, at: 3) {
      quoteTunnel(&$0)
      $0.code = 1
    }
    var maker = TraceMaker()
    maker.add(at: [0, 1, 2, 3], next: 4)
    #expect(codes(maker.findings(evidence)) == [code])
    // Only the wire was captured.
    var wire = TraceMaker()
    wire.add(at: [3], outcome: .partial)
    #expect(codes(wire.findings(evidence)) == [code])
  }

  /// What one node is answered is not why another one's packets vanish.
  @Test func anErrorExplainsItsReceiversPackets() {
    var maker = TraceMaker()
    maker.add(at: [0, 1, 2, 3], next: 4)
    maker.add(at: [10, 9, 8], next: 4) {
      if $0.point == 8 {
        $0.encapsulation = .vxlan
        $0.tunnelSource = TraceMaker.address("172.30.9.13")
        $0.tunnelDestination = TraceMaker.address("172.30.9.12")
        $0.tunnelDestinationPort = 8472
      }
      $0.source = TraceMaker.address("10.42.3.2")
    }
    var evidence = PacketEvidence()
    error(&evidence, from: "172.30.9.12", at: 3) {
      quoteTunnel(&$0)
      $0.code = 10
    }
    #expect(Set(codes(maker.findings(evidence))) == [.vxlanRefused, .vxlanLostOnWire])
  }

  /// On the sending node it is the other node's VXLAN device that nobody knows, on the receiving one the pod.
  @Test(
    arguments: [
      ([0, 1], 3, "10.42.1.1", .vtepNeighbourMissing),
      ([0, 1, 2, 3, 4, 5], 6, "10.42.2.1", .podGone),
    ] as [([UInt16], UInt16, String, FindingCode)])
  func hostUnreachable(seen: [UInt16], next: UInt16, reporter: String, code: FindingCode) {
    var maker = TraceMaker()
    maker.add(at: seen, next: next)
    var evidence = PacketEvidence()
    error(&evidence, from: reporter, at: 0) { $0.code = 1 }
    #expect(codes(maker.findings(evidence)) == [code])
  }

  private func arrive(
    _ maker: inout TraceMaker, isLost: Bool, _ change: (inout Observation) -> Void = { _ in }
  ) {
    maker.add(at: isLost ? [0, 1, 2, 3, 4] : TraceMaker.way, next: isLost ? 5 : nil) {
      if $0.point == 4 { $0.tunnelSource = TraceMaker.address("203.0.113.7") }
      change(&$0)
    }
  }

  /// A network card that is not the pods' one may take only what it knows: where nothing was taken.
  @Test func aTranslatedSourceThatIsNotTaken() {
    var maker = TraceMaker()
    arrive(&maker, isLost: true)
    let finding = maker.findings().first
    #expect(codes(maker.findings()) == [.underlayNAT])
    #expect(finding?.severity == .error)
    #expect(finding?.causes.first?.contains("allowed hosts") == true)
    arrive(&maker, isLost: false)
    let findings = maker.findings()
    #expect(Set(codes(findings)) == [.vxlanDroppedByHost, .underlayNAT])
    #expect(findings.first { $0.code == .underlayNAT }?.severity == .warning)
  }

  /// What the kernel looks at first is told, and the next point need not be the VXLAN device.
  @Test(arguments: [5, 6] as [UInt16])
  func theOrderOfTheKernel(next: UInt16) {
    func code(_ traits: Observation.Traits, vni: UInt32) -> FindingCode? {
      var maker = TraceMaker()
      maker.add(at: TraceMaker.back) { $0.turnRound() }
      maker.add(at: [0, 1, 2, 3, 4], next: next) {
        $0.vni = vni
        if $0.point == 4 { $0.traits.formUnion(traits) }
      }
      return maker.findings().first { $0.severity == .error }?.code
    }
    #expect(code([.hasWrongOuterChecksum, .isCongestionLost], vni: 2) == .outerChecksumWrong)
    #expect(code([.isCongestionLost], vni: 2) == .vniMismatch)
    #expect(code([.isCongestionLost, .hasUnusualTunnelFlags], vni: 1) == .flagsUnusual)
    #expect(code([.isCongestionLost], vni: 1) == .congestionMarkDropped)
  }

  /// Two pods of one node, with or without a bridge between them.
  @Test(arguments: [false, true])
  func podsOfOneNode(isRejected: Bool) {
    var table = PointTable()
    for interface in ["veth11aa", "veth12bb"] { _ = table.add(node: "n1", interface: interface) }
    var maker = TraceMaker(table: table)
    maker.add(at: [0], next: 1)
    var evidence = PacketEvidence()
    if isRejected { error(&evidence, from: "10.42.1.1", at: 0) { $0.code = 3 } }
    let finding = maker.findings(evidence).first
    #expect(finding?.code == (isRejected ? .policyReject : .forwardDrop))
    #expect(finding?.severity == .error)
    #expect(
      isRejected || finding?.summary == "n1: packets on n1 vanish between veth11aa and veth12bb")
  }

  @Test func causesOfThePartOfTheWay() {
    func causes(at points: [UInt16], next: UInt16, isForItself: Bool = false) -> String {
      var maker = TraceMaker()
      maker.add(at: points, next: next) {
        if isForItself { $0.destination = $0.source }
      }
      return maker.findings().first?.causes.joined(separator: "; ") ?? ""
    }
    #expect(causes(at: [0], next: 1).contains("bridge filter"))
    #expect(!causes(at: [0], next: 1).contains("ip_forward"))
    #expect(causes(at: [0, 1], next: 2).contains("ip_forward"))
    #expect(causes(at: [0, 1, 2, 3, 4, 5], next: 6).contains("no route to the pod"))
    #expect(!causes(at: [0, 1], next: 2).contains("no route to the pod"))
    #expect(causes(at: [1], next: 0, isForItself: true).contains("hairpin"))
    #expect(!causes(at: [6], next: 7).contains("hairpin"))
  }

  /// Without the network card's capture nobody knows whether packets left the node past its VXLAN device,
  /// unless routes lead there, or other packets of this direction went that way.
  @Test(
    arguments: [
      (.pod, nil, false, .warning), (.pod, "flannel.1", false, .error),
      (.pod, "eth0", false, .warning), (.pod, "eth0", true, .warning), (.pod, nil, true, .error),
      (.host, "flannel.1", true, .warning),
    ] as [(Trajectory.Scope, String?, Bool, Finding.Severity)])
  func whatMayHaveLeftByAnotherWay(
    scope: Trajectory.Scope, device: String?, areOthersTunnelled: Bool, severity: Finding.Severity
  ) throws {
    var table = PointTable()
    for interface in ["veth11aa", "cni0", "flannel.1"] {
      _ = table.add(node: "n1", interface: interface)
    }
    _ = table.add(node: "n2", interface: "flannel.1")
    if let device { table.snapshots = ["n1": try snapshot(routingTo: device)] }
    var maker = TraceMaker(table: table)
    for _ in 0..<3 { maker.add(at: [0, 1], next: 2, scope: scope) }
    if areOthersTunnelled { maker.add(at: [0, 1, 2, 3]) }
    let finding = maker.findings().first
    #expect(finding?.code == .forwardDrop)
    #expect(finding?.confidence == .low)
    #expect(finding?.severity == severity)
    #expect(finding?.causes.last?.contains("not captured") == true)
  }

  /// A node with a VXLAN device of 1450 bytes whose routes lead the other node's pods to a device.
  private func snapshot(routingTo device: String?) throws -> NodeSnapshot {
    var snapshot = NodeSnapshot()
    try snapshot.add(
      json: """
        [{"ifindex":5,"ifname":"flannel.1","mtu":1450,"link_type":"ether",
          "linkinfo":{"info_kind":"vxlan","info_data":{"id":1,"port":8472,"local":"172.30.9.11"}}}]
        """.utf8, source: "n1.link.json")
    if let device {
      try snapshot.add(
        json: #"[{"dst":"10.42.2.0/24","gateway":"10.42.2.0","dev":"\#(device)","flags":[]}]"#.utf8,
        source: "n1.route.json")
    }
    return snapshot
  }

  /// A question goes to all ports of a bridge, the answer to the one that asked: only there it can be missed.
  /// Points 6 and 7 are the second node's bridge and a pod of it.
  @Test(
    arguments: [
      (6, "10.42.2.1", [0, 1, 2, 3, 4, 5], 6, true),
      (7, "10.42.2.1", [0, 1, 2, 3, 4, 5], 6, false),
      (6, "10.42.2.1", [0, 1, 2, 3, 4], 5, false),
      (6, "10.42.2.1", [0, 1, 2, 3, 4], 6, true),
    ] as [(UInt16, String, [UInt16], UInt16, Bool)])
  func aQuestionThatNobodyAnswers(
    point: UInt16, asker: String, seen: [UInt16], next: UInt16, isGone: Bool
  ) {
    var maker = TraceMaker()
    maker.add(at: seen, next: next)
    var evidence = PacketEvidence()
    ask(&evidence, for: "10.42.2.2", from: asker, at: point)
    #expect(codes(maker.findings(evidence)).contains(.podGone) == isGone)
  }

  /// Who sends, claims the address or answers on another port is there.
  @Test(arguments: [nil, "10.42.2.2", "0.0.0.0", "::"])
  func whoSendsIsNotGone(claimant: String?) {
    var maker = TraceMaker()
    if claimant == nil { maker.add(at: [5, 4, 3, 2, 1, 0]) { $0.turnRound() } }
    maker.add(at: [0, 1, 2, 3, 4, 5], next: 6)
    var evidence = PacketEvidence()
    ask(&evidence, for: "10.42.2.2", from: "10.42.2.1", at: 6)
    if let claimant { ask(&evidence, for: "10.42.2.2", from: claimant, at: 7) }
    #expect(codes(maker.findings(evidence)).first == .forwardDrop)
  }

  private func ask(
    _ evidence: inout PacketEvidence, for target: String, from asker: String, at point: UInt16
  ) {
    let message = NeighbourMessage(
      isAnswer: false, target: TraceMaker.address(target), sender: TraceMaker.address(asker))
    evidence.note(message, at: point, time: 0, FrameReference(file: point, frame: 9))
  }

  /// The pod's kernel drops what comes with a wrong checksum: that is not the pod's silence.
  @Test(arguments: [false, true])
  func aPodThatCannotAnswer(isSpoilt: Bool) {
    var maker = TraceMaker()
    for _ in 0..<2 {
      maker.add {
        $0.transportProtocol = 6
        $0.tcpFlags = 0x02
        if isSpoilt && $0.point >= 4 { $0.traits.insert(.hasWrongChecksum) }
      }
    }
    let found = codes(maker.findings())
    #expect(found.contains(.podSilent) == !isSpoilt)
    #expect(found.contains(.innerChecksumWrong) == isSpoilt)
  }

  /// A pod with the MTU of the wire, on a node whose VXLAN device carries 1450 bytes (RFC 9293, section 3.7.1:
  /// 40 bytes of headers).
  @Test(
    arguments: [(1411, 1411, true), (1410, 1410, false), (1460, 1410, false)]
      as [(UInt16, UInt16, Bool)])
  func aSegmentSizeThatTheDeviceDoesNotCarry(pod: UInt16, wire: UInt16, isTooLarge: Bool) throws {
    let findings = try findings(ofSegments: [(0, pod), (3, wire)], routedTo: "flannel.1")
    #expect(codes(findings) == (isTooLarge ? [.segmentSizeTooLarge] : []))
    #expect(!isTooLarge || findings.first?.evidence == [FrameReference(file: 0, frame: 4)])
    #expect(!isTooLarge || findings.first?.direction == .init(source: 0, destination: 1))
  }

  /// What the device carries counts only for those who use it (flannel's host-gw and DirectRouting do not).
  @Test(
    arguments: [
      (nil, false, false), ("eth0", false, false), ("eth0", true, true), (nil, true, true),
    ]
      as [(String?, Bool, Bool)])
  func aSegmentSizeThatNoDeviceHasToCarry(device: String?, isTunnelled: Bool, isTooLarge: Bool)
    throws
  {
    let findings = try findings(
      ofSegments: [(0, 1460)], routedTo: device, isTunnelled: isTunnelled)
    #expect(codes(findings).contains(.segmentSizeTooLarge) == isTooLarge)
  }

  private func findings(
    ofSegments sizes: [(point: UInt16, size: UInt16)], routedTo device: String?,
    isTunnelled: Bool = false
  ) throws -> [Finding] {
    var table = TraceMaker.table
    table.snapshots = ["n1": try snapshot(routingTo: device)]
    var evidence = PacketEvidence()
    for (point, size) in sizes {
      let key = PacketEvidence.SegmentKey(
        source: TraceMaker.address("10.42.1.2"), destination: TraceMaker.address("10.42.2.2"),
        point: point)
      evidence.note(size, for: key, FrameReference(file: point, frame: 4))
    }
    var maker = TraceMaker(table: table)
    if isTunnelled { maker.add() }
    return maker.findings(evidence)
  }
}
