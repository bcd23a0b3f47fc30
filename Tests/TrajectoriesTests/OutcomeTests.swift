import Scoring
import TestSupport
import Testing
import Topology
import Trajectories

/// Complete, lost or partial, and why.
struct OutcomeTests {
  @Test(arguments: 1..<8)
  func lostAfterEachPoint(seen: Int) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    network.send(HandmadePacket(), at: 100_000, through: Array(HandmadeNetwork.points[..<seen]))
    let run = try network.trace()
    let trajectory = try #require(run.trajectories.first { $0.hops.count == seen })
    #expect(trajectory.outcome == .lost)
    #expect(trajectory.lossEvidence == .proven)
    #expect(trajectory.delivered == false)
    #expect(trajectory.reasons == [])
    #expect(trajectory.lastSeen == seen - 1)
    #expect(
      trajectory.expectedNext.map { run.table[$0].name } == HandmadeNetwork.points[seen])
  }

  @Test func allPointsAreComplete() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    let run = try network.trace()
    #expect(run.trajectories.map(\.outcome) == Array(repeating: .complete, count: 4))
    #expect(run.trajectories.map(\.delivered) == Array(repeating: true, count: 4))
    #expect(run.trajectories.map(\.expectedNext) == Array(repeating: nil, count: 4))
  }

  @Test(arguments: 1..<7)
  func whatOnePointMissedIsPartial(missed: Int) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    var points = HandmadeNetwork.points
    let point = points.remove(at: missed)
    network.send(HandmadePacket(), at: 100_000, through: points)
    let run = try network.trace()
    let trajectory = try #require(run.trajectories.first { $0.hops.count == 7 })
    #expect(trajectory.outcome == .partial)
    #expect(trajectory.reasons.map(\.code) == [.missed])
    #expect(trajectory.reasons.map { $0.point.map { run.table[$0].name } } == [point])
  }

  /// All that is sent is lost after one point: the capture behind it is empty.
  @Test func anEmptyCaptureOnARecordingNodeIsNoProof() throws {
    var network = HandmadeNetwork()
    var packet = HandmadePacket()
    network.sendOthers()
    network.remove("n1/flannel.1")
    for number in UInt16(1)...3 {
      packet.identification = number
      network.send(packet, at: UInt32(number) * 1000, through: ["n1/veth1", "n1/cni0"])
    }
    let run = try network.trace(more: [("n1/flannel.1", PcapBytes().bytes)])
    let lost = run.trajectories.filter { $0.hops.count == 2 }
    #expect(lost.map(\.outcome) == [.lost, .lost, .lost])
    #expect(lost.map(\.lossEvidence) == [.inferred, .inferred, .inferred])
  }

  @Test func whatANodeDidNotRecordIsNotLost() throws {
    var network = HandmadeNetwork()
    network.sendOthers(end: nil)
    network.send(HandmadePacket(), at: 500_000, through: Array(HandmadeNetwork.points[..<4]))
    let run = try network.trace()
    let trajectory = try #require(run.trajectories.first { $0.hops.count == 4 })
    #expect(trajectory.outcome == .partial)
    #expect(Set(trajectory.reasons.map(\.code)) == [.notRecording])
    #expect(trajectory.reasons.first?.point.map { run.table[$0].name } == "n2/eth0")
  }

  /// IDB options: if_name 2, if_filter 11; ISB option: isb_ifdrop 5 (draft-ietf-opsawg-pcapng).
  @Test(
    arguments: [
      ([(11, [0] + Array("tcp".utf8))], [], Trajectory.Reason.Code.filtered),
      ([], [(5, [3, 0, 0, 0, 0, 0, 0, 0])], .captureDrops),
    ] as [([(UInt16, [UInt8])], [(UInt16, [UInt8])], Trajectory.Reason.Code)])
  func aCaptureThatLeftPacketsOutProvesNothing(
    interface: [(UInt16, [UInt8])], statistics: [(UInt16, [UInt8])],
    expected: Trajectory.Reason.Code
  ) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    network.send(HandmadePacket(), at: 100_000, through: Array(HandmadeNetwork.points[..<4]))
    network.remove("n2/eth0")
    var capture = PcapngBytes()
    capture.section(.little)
    capture.interface(options: interface)
    capture.statistics(interface: 0, options: statistics)
    let run = try network.trace(more: [("n2/eth0", capture.bytes)])
    let trajectory = try #require(run.trajectories.first { $0.hops.count == 4 })
    #expect(trajectory.outcome == .partial)
    #expect(trajectory.reasons.map(\.code) == [expected])
  }

  /// A flow that is never seen on n2, whose NIC alone was captured there, with a filter: one for inner
  /// packets as `vxhop capture` applies it, or one that only the outer header was compared with.
  @Test(arguments: [
    ("udp port 6000", "vxhop", Trajectory.Outcome.lost), ("udp port 6001", "vxhop", .partial),
    ("udp port 6000", "dumpcap", .partial),
  ])
  func aFilterThatLetsThePacketPassHidesNoLoss(
    filter: String, application: String, expected: Trajectory.Outcome
  ) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    for point in HandmadeNetwork.points[4...] { network.remove(point) }
    var packet = HandmadePacket()
    packet.destinationPort = 6000
    network.send(packet, at: 100_000, through: Array(HandmadeNetwork.points[..<4]))
    var capture = PcapngBytes()
    capture.section(.little, options: [(4, Array(application.utf8))])
    capture.interface(options: [(11, [0] + Array(filter.utf8))])
    let run = try network.trace(more: [("n2/eth0", capture.bytes)])
    let trajectory = try #require(
      run.trajectories.first { $0.origin.destinationPort == 6000 })
    #expect(trajectory.outcome == expected)
    #expect(trajectory.reasons.map(\.code) == (expected == .lost ? [] : [.filtered]))
  }

  @Test(arguments: [[224, 0, 0, 251], [239, 1, 2, 3], [255, 255, 255, 255], [169, 254, 1, 1]])
  func groupsAndLinksHaveNoPath(destination: [UInt8]) throws {
    var network = HandmadeNetwork()
    var packet = HandmadePacket()
    packet.destination = destination
    network.send(packet, at: 0, through: ["n1/veth1", "n1/cni0"])
    let run = try network.trace()
    #expect(run.trajectories.map(\.outcome) == [.notJudged])
  }

  /// The network cards were not captured. An address that no packet tells of may be the node's own, and a
  /// pod's of another network lives on a node without captures.
  @Test(arguments: [
    ([172, 30, 9, 11], ["n1/veth1", "n1/cni0"]),
    ([10, 42, 3, 2], ["n1/veth1", "n1/cni0", "n1/flannel.1"]),
  ])
  func whatMayHaveGoneElsewhereIsNotLost(destination: [UInt8], points: [String]) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    var packet = HandmadePacket()
    packet.destination = destination
    network.send(packet, at: 100_000, through: points)
    network.remove("n1/eth0")
    network.remove("n2/eth0")
    let run = try network.trace()
    let trajectory = try #require(run.trajectories.first { $0.hops.count == points.count })
    #expect(trajectory.outcome == .partial)
    #expect(trajectory.reasons.map(\.code) == [.pathUnknown])
  }

  @Test func onePointAloneHasNothingToCompareWith() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    for point in HandmadeNetwork.points where point != "n1/eth0" { network.remove(point) }
    let run = try network.trace()
    #expect(run.trajectories.allSatisfy { $0.hops.count == 1 && $0.confidence == nil })
    #expect(!run.trajectories.contains { $0.outcome == .lost })
  }
}
