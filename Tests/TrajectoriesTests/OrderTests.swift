import Scoring
import Testing

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
}
