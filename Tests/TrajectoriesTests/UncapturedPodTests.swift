import Scoring
import Testing
import Trajectories

/// Pods whose own interface was not captured, beside others that were.
struct UncapturedPodTests {
  @Test func aPodBesideTheCapturedOneIsReachedAtTheBridge() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    var packet = HandmadePacket()
    packet.destination = [10, 42, 2, 9]
    network.send(packet, at: 100_000, through: HandmadeNetwork.points.dropLast())
    let trajectory = try #require(try network.trace().trajectories.first { $0.hops.count == 7 })
    #expect(trajectory.outcome == .complete)
    #expect(trajectory.delivered == nil)
  }

  @Test func anInterfaceOfWhomIsNotKnownMayBeThePods() throws {
    var network = HandmadeNetwork()
    network.send(HandmadePacket(), at: 100_000, through: HandmadeNetwork.points.dropLast())
    let trajectory = try #require(try network.trace().trajectories.first)
    #expect(trajectory.outcome == .partial)
    #expect(trajectory.reasons.map(\.code) == [.pathUnknown])
  }

  /// Nothing routed it: it cannot have come from the wire.
  @Test func whatANodeSendsToItsPodIsNotMissedOnTheWire() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    network.remove("n1/cni0")
    var packet = HandmadePacket()
    packet.source = [10, 42, 1, 1]
    packet.destination = [10, 42, 1, 2]
    network.record(packet, at: "n1/veth1", time: 100_000, timeToLive: 64, reply: true)
    let trajectory = try #require(try network.trace().trajectories.first { $0.hops.count == 1 })
    #expect(trajectory.outcome == .complete)
    #expect(trajectory.reasons == [])
  }

  @Test func aServiceThatLeadsBackToItsPodIsSeenToTheEnd() throws {
    var network = HandmadeNetwork()
    network.remove("n1/cni0")
    var packet = HandmadePacket()
    packet.destination = [10, 43, 0, 20]
    network.record(packet, at: "n1/veth1", time: 100_000)
    packet.source = [10, 42, 1, 1]
    packet.destination = [10, 42, 1, 2]
    network.record(packet, at: "n1/veth1", time: 100_020, timeToLive: 64, reply: true)
    let trajectory = try #require(try network.trace().trajectories.first)
    #expect(trajectory.hops.count == 2)
    #expect(trajectory.outcome == .complete)
    #expect(trajectory.delivered == true)
  }
}
