import Scoring
import Testing
import Trajectories

/// Hops are ordered by what the packet shows, not by their times.
struct OrderTests {
  @Test(
    arguments: [
      [0, 0, 0, 0, 0, 0, 0, 0],
      [3, 2, 1, 0, 13, 12, 11, 10],
      [10, 11, 9, 12, 30, 28, 31, 29],
    ] as [[UInt32]])
  func timesOnOneNodeDoNotMatter(times: [UInt32]) throws {
    var network = HandmadeNetwork()
    for (point, time) in zip(HandmadeNetwork.points, times) {
      network.record(HandmadePacket(), at: point, time: 1000 + time)
    }
    let traces = try network.trace().traces
    #expect(traces.map { $0.hops.map(\.point) } == [HandmadeNetwork.points])
    #expect(traces.map(\.lastSeen) == ["n2/veth2"])
  }

  @Test func theWayBackIsTheMirroredOne() throws {
    var network = HandmadeNetwork()
    network.sendOthers(end: nil)
    let traces = try network.trace().traces
    #expect(
      traces.map { $0.hops.map(\.point) } == [
        HandmadeNetwork.points, HandmadeNetwork.points.reversed(),
      ])
  }

  /// A pod and another node itself, past the tunnel: clocks are not as exact as the wire is fast.
  @Test(arguments: [false, true])
  func whatANodeItselfSendsOrGets(isFromNode: Bool) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    for point in HandmadeNetwork.points where !point.hasSuffix("eth0") { network.remove(point) }
    var packet = HandmadePacket(source: [10, 42, 2, 2], destination: [172, 30, 9, 11])
    if isFromNode { swap(&packet.source, &packet.destination) }
    packet.isTunnelled = false
    let way = isFromNode ? ["n1/eth0", "n2/eth0"] : ["n2/eth0", "n1/eth0"]
    for (index, point) in way.enumerated() {
      network.record(
        packet, at: point, time: 100_002 - 2 * UInt32(index), timeToLive: 63, reply: !isFromNode)
    }
    let run = try network.trace()
    let found = run.trajectories.indices.filter { run.trajectories[$0].origin.identification == 1 }
    #expect(found.map { run.traces[$0].hops.map(\.point) } == [way])
    #expect(found.allSatisfy { run.traces[$0].outcome != "lost" })
  }

  @Test(arguments: 0..<8)
  func aMissedPointLeavesTheOthersInOrder(missed: Int) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    var points = HandmadeNetwork.points
    points.remove(at: missed)
    network.send(HandmadePacket(), at: 100_000, through: points, step: 0)
    let trace = try #require(try network.trace().traces.first { $0.hops.count == 7 })
    #expect(trace.hops.map(\.point) == points)
  }

  /// Of one node's wire side, without a word of whose addresses are whose.
  @Test(arguments: [false, true])
  func whatTheNetworkCardHadFirstCameIn(isLeaving: Bool) throws {
    let points = ["n2/eth0", "n2/flannel.1"]
    var network = HandmadeNetwork()
    for number in 0..<5 {
      var packet = HandmadePacket(identification: 10 + UInt16(number))
      if isLeaving { swap(&packet.source, &packet.destination) }
      network.send(packet, at: 1000 * UInt32(number), through: points, reply: isLeaving)
    }
    for point in HandmadeNetwork.points where !points.contains(point) { network.remove(point) }
    let found = try network.trace().traces.map { $0.hops.map(\.point) }
    #expect(found == Array(repeating: isLeaving ? points.reversed() : points, count: 5))
  }
}
