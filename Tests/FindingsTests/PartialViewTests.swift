import Packets
import Testing

@testable import Findings
@testable import Trajectories

/// What must not be concluded where points or nodes were not captured.
@Suite struct PartialViewTests {
  private static let (macOfN2, macOfN3): (UInt64, UInt64) = (0x0200_0000_0002, 0x0200_0000_0003)
  private static let endOfN3 = TraceMaker.address("172.30.9.13")

  private func codes(_ findings: [Finding]) -> [FindingCode] { findings.map(\.code) }

  /// A pod of the third node sends to the first one's.
  private func sendFromN3(_ maker: inout TraceMaker, at points: [UInt16]) {
    maker.add(at: points) {
      $0.turnRound()
      $0.source = TraceMaker.address("10.42.3.2")
      $0.linkSource = Self.macOfN3
      if $0.isEncapsulated { $0.tunnelSource = Self.endOfN3 }
    }
  }

  private func sendFromN2(_ maker: inout TraceMaker, at points: [UInt16] = TraceMaker.back) {
    maker.add(at: points) {
      $0.turnRound()
      $0.linkSource = Self.macOfN2
    }
  }

  /// A packet at the receiver's VTEP has the sender's MAC address as its source.
  @Test func framesThatMayComeInTellNothingOfTheDevice() {
    var maker = TraceMaker()
    maker.add(at: [5, 4], outcome: .partial) { $0.linkSource = Self.macOfN3 }
    maker.add(at: [4, 5], next: 6) {
      $0.linkSource = Self.macOfN3
      $0.linkDestination = Self.macOfN2
    }
    #expect(codes(maker.findings()) == [.forwardDrop])
  }

  /// Two ways between the same pods, as of IPv4 and IPv6: the second shows the device's address.
  @Test func devicesAreKnownFromEachWay() {
    var maker = TraceMaker()
    maker.add(at: [7, 6, 2, 1, 0], shape: 1) { $0.turnRound() }
    maker.add(at: [7, 6, 5, 2, 1, 0], shape: 2) {
      $0.turnRound()
      $0.linkSource = Self.macOfN2
    }
    maker.add(at: [0, 1, 2, 5], next: 6, shape: 3) { $0.linkDestination = 0x0200_5e00_5301 }
    #expect(maker.findings().first?.code == .vtepMACStale)
  }

  @Test func aMACAddressThatAnotherNodesDeviceHas() {
    var maker = TraceMaker()
    sendFromN2(&maker, at: [7, 6, 5, 2, 1, 0])
    sendFromN3(&maker, at: [10, 9, 2, 1, 0])
    maker.add(at: [0, 1, 2, 9], next: 10) { $0.linkDestination = Self.macOfN2 }
    let finding = maker.findings().first
    #expect(finding?.code == .vtepForwardingWrong)
    #expect(finding?.summary.contains("for n2 (MAC 02:00:00:00:00:02) to n3") == true)
  }

  /// The third node was not captured; its packets tell its end.
  @Test func sentToTheEndOfAnotherNode() {
    var maker = TraceMaker()
    sendFromN2(&maker)
    sendFromN3(&maker, at: [3, 2, 1, 0])
    maker.add(at: [0, 1, 2, 3], next: 4) {
      $0.linkDestination = Self.macOfN2
      if $0.isEncapsulated { $0.tunnelDestination = Self.endOfN3 }
    }
    #expect(maker.findings().first?.code == .vtepForwardingWrong)
  }

  /// Also where the second node sends nothing, so that its own address is not known.
  @Test(arguments: [true, false])
  func sentToANodeThatWasNotCaptured(isAnswered: Bool) {
    var maker = TraceMaker()
    if isAnswered { sendFromN2(&maker) }
    sendFromN3(&maker, at: [3, 2, 1, 0])
    maker.add(at: [0, 1, 2, 3], next: 4) {
      $0.linkDestination = Self.macOfN3
      if $0.isEncapsulated { $0.tunnelDestination = Self.endOfN3 }
    }
    let finding = maker.findings().first
    #expect(finding?.code == .packetsLost)
    #expect(finding?.severity == .warning)
    #expect(finding?.confidence == .low)
    #expect(finding?.direction == .init(source: 0, destination: nil))
  }

  /// Only the wire was captured, at both nodes or at one: no packet is seen to get lost.
  @Test(arguments: [[3, 4], [3]] as [[UInt16]])
  func endsThatDisagreeOnTheWire(points: [UInt16]) {
    func codes(_ change: (inout Observation) -> Void) -> [FindingCode] {
      var maker = TraceMaker()
      maker.add(at: points) { $0.linkSource = Self.macOfN3 }
      maker.add(at: points.reversed()) {
        $0.turnRound()
        $0.linkSource = Self.macOfN2
        change(&$0)
      }
      return self.codes(maker.findings().filter { $0.severity == .error })
    }
    #expect(codes { _ in } == [])
    #expect(codes { $0.vni = 4096 } == [.vniMismatch])
    #expect(codes { $0.tunnelDestinationPort = 4789 } == [.portMismatch])
    #expect(codes { $0.linkSource = Self.macOfN3 } == [.vtepMACDuplicate])
  }

  /// Cilium's VNI tells who sends: where packets came out of a tunnel all is well, also between other nodes and
  /// where packets of such a VNI were lost for another reason.
  @Test func aVNIForEachDirection() {
    var maker = TraceMaker()
    maker.add { $0.vni = 100 }
    maker.add(at: TraceMaker.back) {
      $0.turnRound()
      $0.vni = 200
    }
    maker.add(at: [8]) { sendOnWire(&$0, from: "172.30.9.13", to: "172.30.9.14", vni: 300) }
    maker.add(at: [8]) { sendOnWire(&$0, from: "172.30.9.14", to: "172.30.9.13", vni: 400) }
    #expect(codes(maker.findings()) == [.overlayHealthy])
    maker.add(at: [0, 1, 2, 3, 4], next: 5) { $0.vni = 100 }
    #expect(maker.findings().first?.code == .vxlanDroppedByHost)
  }

  /// A pair of nodes that take each other's packets says nothing of another pair.
  @Test func endsThatDisagreeBesideOthersThatDoNot() {
    var maker = TraceMaker()
    maker.add()
    maker.add(at: TraceMaker.back) { $0.turnRound() }
    maker.add(at: [8]) { sendOnWire(&$0, from: "172.30.9.13", to: "172.30.9.14", vni: 1) }
    maker.add(at: [8]) { sendOnWire(&$0, from: "172.30.9.14", to: "172.30.9.13", vni: 4096) }
    let found = maker.findings().filter { $0.severity == .error }
    #expect(codes(found) == [.vniMismatch])
    #expect(found.first?.summary.hasPrefix("between 172.30.9.13 and 172.30.9.14 ") == true)
  }

  /// Only the wire, and yet a connection was answered: both ends take what comes.
  @Test func endsThatAnswerEachOther() {
    var maker = TraceMaker()
    maker.add(at: [3]) {
      $0.transportProtocol = 6
      $0.tcpFlags = 0x02
      $0.vni = 100
    }
    maker.add(at: [3]) {
      $0.turnRound()
      $0.transportProtocol = 6
      $0.tcpFlags = 0x12
      $0.vni = 200
    }
    #expect(codes(maker.findings()) == [])
  }

  private func sendOnWire(
    _ row: inout Observation, from source: String, to destination: String, vni: UInt32
  ) {
    row.encapsulation = .vxlan
    row.tunnelSource = TraceMaker.address(source)
    row.tunnelDestination = TraceMaker.address(destination)
    row.tunnelDestinationPort = 8472
    row.vni = vni
    row.source = TraceMaker.address(source.replacing("172.30.9.", with: "10.42.3."))
  }

  /// More ends than nodes with a full table of their own pairs.
  @Test func waysOfAMeshOfManyNodes() {
    var maker = TraceMaker()
    let addresses = (0..<70).map { "172.30.8.\($0 + 1)" }
    for source in addresses {
      for destination in addresses where destination != source {
        maker.add(at: [8]) {
          let isLast = source == addresses[69] && destination == addresses[68]
          sendOnWire(&$0, from: source, to: destination, vni: isLast ? 4096 : 1)
        }
      }
    }
    #expect(codes(maker.findings().filter { $0.severity == .error }) == [.vniMismatch])
  }

  /// A host asks another node, which sends its packet on to a third: that it sends to, and receives nothing at.
  @Test func aNodeThatSendsOnIsNoReceiver() {
    var maker = TraceMaker()
    maker.add()
    var isTunnelled = false
    maker.add(at: [8, 3, 2, 3], outcome: .partial) { row in
      if row.point == 2 { isTunnelled = true }
      if row.point == 3 && !isTunnelled { row.encapsulation = .none }
    }
    #expect(!codes(maker.findings()).contains(.vtepSourceDiffers))
  }

  /// Without the client's point the answer is last seen before it is translated back.
  @Test func answersThatWereNotSeenAtTheClient() {
    var maker = TraceMaker()
    maker.add(at: Array(TraceMaker.way.dropFirst())) { row in
      row.transportProtocol = 6
      row.tcpFlags = 0x02
      if row.point == 1 { row.destination = TraceMaker.address("10.43.0.80") }
    }
    maker.add(at: [7, 6, 5, 4, 3, 2]) {
      $0.turnRound()
      $0.transportProtocol = 6
      $0.tcpFlags = 0x12
    }
    maker.add(at: Array(TraceMaker.way.dropFirst())) {
      $0.transportProtocol = 6
      $0.tcpFlags = 0x04
    }
    #expect(!codes(maker.findings()).contains(.conntrackInvalidReset))
  }

  /// Only the receiver was captured: it fragments nothing.
  @Test(
    arguments: [("172.30.9.11", 0, "n1"), ("172.30.9.13", nil, "172.30.9.13")]
      as [(String, Int?, String)])
  func fragmentsAreTheirSenders(end: String, node: Int?, name: String) {
    var maker = TraceMaker()
    maker.add(at: [4, 5, 6, 7], outcome: .partial) {
      guard $0.isEncapsulated else { return }
      $0.tunnelSource = TraceMaker.address(end)
      $0.traits.insert(.isOuterFragment)
    }
    let finding = maker.findings().first { $0.code == .outerFragments }
    #expect(finding?.summary.hasPrefix("VXLAN packets from \(name) are fragmented") == true)
    #expect(finding?.direction == node.map { .init(source: $0, destination: nil) })
  }

  /// Only the server's node was captured, or only the server's own interface: who asks may be anywhere.
  @Test(
    arguments: [
      ("10.42.3.2", [4, 5, 6, 7], nil), ("10.42.3.2", [6, 7], nil), ("10.42.3.2", [7], nil),
      ("10.42.1.2", [4, 5, 6, 7], 0), ("10.42.3.2", [3, 4, 5, 6, 7], 0),
    ] as [(String, [UInt16], Int?)])
  func aSilentPodsClient(client: String, points: [UInt16], node: Int?) {
    var maker = TraceMaker()
    for _ in 0..<2 {
      maker.add(at: points) {
        $0.transportProtocol = 6
        $0.tcpFlags = 0x02
        $0.source = TraceMaker.address(client)
      }
    }
    let finding = maker.findings().first { $0.code == .podSilent }
    #expect(finding?.direction == .init(source: node, destination: 1))
  }

  @Test func nothingIsLostBetweenAPointAndItself() {
    var maker = TraceMaker()
    maker.add(at: [4], next: 4)
    #expect(maker.findings().first?.summary == "packets from n1 to n2 vanish after n2/eth0")
  }

  /// Flannel's DirectRouting: packets to nodes elsewhere are tunnelled, those between neighbours are not.
  @Test(arguments: [false, true])
  func plainPacketsAndTunnels(isBackTunnelled: Bool) {
    var maker = TraceMaker()
    maker.add(at: [0, 1, 2, 3], outcome: .partial) { $0.tunnelDestination = Self.endOfN3 }
    if isBackTunnelled { sendFromN2(&maker) }
    maker.add(at: [0, 1, 3], next: 4) {
      $0.encapsulation = .none
      $0.tunnelDestinationPort = 0
    }
    let code: FindingCode = isBackTunnelled ? .vtepRouteMissing : .plainLostOnWire
    #expect(maker.findings().first?.code == code)
  }
}
