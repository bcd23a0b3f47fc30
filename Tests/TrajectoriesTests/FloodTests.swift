import Scoring
import Testing
import Trajectories

/// Frames that a bridge sends to all pods, since it does not know any more behind which port the right one is.
struct FloodTests {
  /// One of n2's pods has its veth captured and gets frames that are for the other one, whose has not.
  @Test(arguments: [UInt32(5_000), 500_000])
  func framesForAnotherPodAreNoHops(ownTime: UInt32) throws {
    let points = HandmadeNetwork.points
    let (bridge, receiver, other): ([UInt8], [UInt8], [UInt8]) = (
      HandmadeNetwork.mac(2, 1), HandmadeNetwork.mac(2, 10), HandmadeNetwork.mac(2, 20)
    )
    var network = HandmadeNetwork()
    network.sendOthers()
    for number in 0..<20 {
      let packet = HandmadePacket(identification: 100 + UInt16(number))
      let time = 100_000 + 1000 * UInt32(number)
      network.send(packet, at: time)
      // All but the last ones are flooded: the bridge has learnt again.
      if number < 15 {
        let frame = packet.frame(from: bridge, to: receiver, timeToLive: 62)
        network.record(frame: frame, at: "n2/veth3", time: time + 71)
      }
    }
    var own = HandmadePacket(source: [10, 42, 2, 9], destination: [10, 42, 1, 2])
    own.identification = 77
    let frame = own.frame(from: other, to: bridge, timeToLive: 64)
    network.record(frame: frame, at: "n2/veth3", time: ownTime)
    network.record(frame: frame, at: "n2/cni0", time: ownTime + 10)
    network.send(own, at: ownTime + 20, through: Array(points[..<6]), reply: true)
    network.remove("n2/veth2")

    let traces = try network.trace().traces
    #expect(!traces.contains { $0.outcome == "lost" })
    let flooded = traces.flatMap(\.hops).filter { $0.point == "n2/veth3" }.map(\.kind)
    #expect(flooded.sorted() == [String](repeating: "bridge-copy", count: 15) + ["path"])
  }
}
