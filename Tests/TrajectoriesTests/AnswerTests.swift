import Packets
import Scoring
import TestSupport
import Testing

@testable import Trajectories

/// What answers a packet, and what follows from the packet for it.
struct AnswerTests {
  private static let client: [UInt8] = [10, 42, 1, 2]
  private static let service: [UInt8] = [10, 43, 0, 10]
  private static let server: [UInt8] = [10, 42, 2, 2]
  private static let masked: [UInt8] = [10, 42, 1, 1]

  private static func row(
    _ source: String, _ sourcePort: UInt16, _ destination: String, _ destinationPort: UInt16
  ) throws -> Observation {
    var row = Observation()
    row.source = try #require(IPAddress(source))
    row.destination = try #require(IPAddress(destination))
    (row.sourcePort, row.destinationPort) = (sourcePort, destinationPort)
    row.transportProtocol = 17
    row.setHashes()
    return row
  }

  @Test(arguments: [("10.42.1.2", "10.42.2.2"), ("fd00:10:42:1::2", "fd00:10:42:2::2")])
  func isHashedAsIfItHadBeenCaptured(one: String, other: String) throws {
    let asked = try Self.row(one, 40_000, other, 80)
    let captured = try Self.row(other, 80, one, 40_000)
    #expect(asked.answer.endpointsHash == captured.endpointsHash)
    #expect(asked.answer.endpointsHash != asked.endpointsHash)
    #expect(asked.answer.answer.endpointsHash == asked.endpointsHash)
  }

  @Test func ofATranslatedPacketIsTranslatedBack() throws {
    var translations = FlowTranslations()
    translations.learn(
      from: try Self.row("10.42.1.2", 5000, "10.43.0.10", 80),
      to: try Self.row("10.42.1.1", 6000, "10.42.2.2", 8080))
    #expect(
      translations.contains(
        try Self.row("10.42.2.2", 8080, "10.42.1.1", 6000),
        try Self.row("10.43.0.10", 80, "10.42.1.2", 5000)))
    #expect(
      !translations.contains(
        try Self.row("10.42.2.2", 8080, "10.42.1.1", 6001),
        try Self.row("10.43.0.10", 80, "10.42.1.2", 5000)))
  }

  /// Both ends of the requests are translated, which have identifications. Of the answers, all of one kind and
  /// without, nothing but the requests' translations tells which two belong together.
  @Test func withoutIdentificationIsRecognisedBehindBothTranslations() throws {
    var network = HandmadeNetwork()
    for number in UInt16(0)..<50 {
      let time = UInt32(number) * 1000
      var seen = HandmadePacket(
        source: Self.client, destination: Self.service, sourcePort: 5000, destinationPort: 80,
        identification: 1000 + number, payload: [UInt8]("ping".utf8))
      network.record(seen, at: "n1/veth1", time: time)
      (seen.source, seen.destination) = (Self.masked, Self.server)
      (seen.sourcePort, seen.destinationPort) = (6000, 8080)
      for (step, point) in ["n1/eth0", "n2/eth0", "n2/veth2"].enumerated() {
        network.record(seen, at: point, time: time + UInt32(step + 1) * 10)
      }
      var answer = HandmadePacket(
        source: Self.server, destination: Self.masked, sourcePort: 8080, destinationPort: 6000,
        identification: 0, payload: [UInt8]("pong".utf8))
      for (step, point) in ["n2/veth2", "n2/eth0", "n1/eth0"].enumerated() {
        network.record(answer, at: point, time: time + 300 + UInt32(step) * 10, reply: true)
      }
      (answer.source, answer.destination) = (Self.service, Self.client)
      (answer.sourcePort, answer.destinationPort) = (80, 5000)
      network.record(answer, at: "n1/veth1", time: time + 330, reply: true)
    }
    for point in ["n1/cni0", "n1/flannel.1", "n2/cni0", "n2/flannel.1"] { network.remove(point) }
    let run = try network.trace()
    #expect(run.trajectories.map(\.outcome) == Array(repeating: .complete, count: 100))
    #expect(run.trajectories.map(\.hops.count) == Array(repeating: 4, count: 100))
  }

  /// The pod's capture lets both flows pass; all answers of the second one are lost before it.
  @Test func isLostWhereItsRequestPassedTheFilter() throws {
    var network = HandmadeNetwork()
    for number in UInt16(0)..<60 {
      for (flow, isLost) in [false, true].enumerated() {
        let time = UInt32(number) * 2000 + UInt32(flow) * 1000
        var packet = HandmadePacket(
          sourcePort: 5000 + UInt16(flow), destinationPort: 80,
          identification: 1000 + 1000 * UInt16(flow) + number,
          payload: [UInt8]("request \(number)".utf8))
        let points = ["n1/veth1", "n1/eth0", "n2/eth0", "n2/veth2"]
        network.send(packet, at: time, through: points)
        swap(&packet.source, &packet.destination)
        swap(&packet.sourcePort, &packet.destinationPort)
        packet.identification += 5000
        network.send(
          packet, at: time + 300, through: isLost ? Array(points.dropFirst()) : points, reply: true)
      }
    }
    let filters = [
      "n1/veth1": "host 10.42.2.2", "n1/eth0": "udp port 8472", "n2/eth0": "udp port 8472",
    ]
    let captures = ["n1/veth1", "n1/eth0", "n2/eth0", "n2/veth2"].map { point in
      (point: point, bytes: Self.pcapng(network.records(of: point), filter: filters[point]))
    }
    for point in HandmadeNetwork.points { network.remove(point) }
    let run = try network.trace(more: captures)
    #expect(run.trajectories.count { $0.outcome == .complete } == 180)
    #expect(run.trajectories.count { $0.outcome == .lost } == 60)
  }

  private static func pcapng(
    _ records: [(time: UInt32, frame: [UInt8])], filter: String?
  ) -> [UInt8] {
    var capture = PcapngBytes()
    capture.section(.little)
    // if_filter: a code of 0 says that libpcap's language follows.
    capture.interface(options: filter.map { [(11, [0] + Array($0.utf8))] } ?? [])
    for record in records {
      capture.enhancedPacket(timestamp: 1_700_000_000_000_000 + UInt64(record.time), record.frame)
    }
    return capture.bytes
  }
}
