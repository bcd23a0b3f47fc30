import Packets
import Testing

@testable import Reports
@testable import Trajectories

/// Lines made from the line of another packet are what they are without one.
@Suite struct TracePatternTests {
  private func text(_ trajectories: [Trajectory], shape: UInt32) -> [String] {
    let output = Collector()
    var writer = JSONTraceWriter(
      files: TraceBuilder.files, addresses: AddressNames(), sink: output.sink)
    for var trajectory in trajectories {
      trajectory.shape = shape
      writer.write(trajectory, points: TraceBuilder.points)
    }
    writer.buffer.flush()
    return output.lines
  }

  /// The example, the changed packet, the example again and the changed one again.
  private func expectSame(_ change: (inout Trajectory) -> Void) {
    var changed = TraceBuilder.example()
    changed.number = 0xfedc_ba98_7654_3210
    change(&changed)
    let packets = [TraceBuilder.example(), changed, TraceBuilder.example(), changed, changed]
    let plain = text(packets, shape: 0)
    #expect(text(packets, shape: 3) == plain)
    #expect(plain.count == packets.count)
  }

  private func expectSameHops(_ change: (inout Hop) -> Void) {
    expectSame { trajectory in
      for index in trajectory.hops.indices { change(&trajectory.hops[index]) }
    }
    expectSame { change(&$0.hops[1]) }
  }

  @Test(
    arguments: [
      0, 1, -1, 999_999_999, 1_000_000_000, 1_763_823_789_000_000_000, -1_500_000_000, .min, .max,
    ] as [Int64])
  func times(_ time: Int64) {
    expectSameHops { $0.observation.time = time }
    expectSameHops { $0.observation.correctedTime = time }
  }

  @Test(
    arguments: [
      nil, 0, 9, 10, 99, 12_345_678, 99_999_999, 100_000_000, -1, -123_456_789_012, .min, .max,
    ] as [Int64?])
  func delays(_ delay: Int64?) {
    expectSameHops { $0.delay = delay }
    expectSameHops { $0.delayError = delay }
  }

  @Test(arguments: [0, 1, 100_000_000, 12_345_678_901_234] as [UInt64])
  func frames(_ frame: UInt64) { expectSameHops { $0.observation.frame = frame } }

  @Test(arguments: [0, 7, 65535] as [UInt16])
  func numbersOfHeaders(_ number: UInt16) {
    expectSameHops { $0.observation.identification = number }
    expectSameHops { $0.observation.sourcePort = number }
    expectSameHops { $0.observation.destinationPort = number }
    expectSameHops { $0.observation.icmpIdentifier = number }
    expectSameHops { $0.observation.length = UInt32(number) }
    expectSameHops { $0.observation.tunnelSourcePort = number }
    expectSameHops { $0.observation.tunnelDestinationPort = number }
    expectSameHops { $0.observation.tunnelIdentification = number }
    expectSameHops { $0.observation.sequence = .max - UInt32(number) }
    expectSameHops { $0.observation.file = number % 6 }
    expectSameHops { $0.observation.vni = UInt32(number) }
  }

  @Test func states() {
    expectSameHops { $0.observation.timeToLive = 1 }
    expectSameHops { $0.observation.trafficClass = 3 }
    expectSameHops { $0.observation.transportProtocol = 6 }
    expectSameHops { $0.observation.transportProtocol = 200 }
    expectSameHops { $0.observation.traits = [] }
    expectSameHops { $0.observation.traits.insert(.isIPv6) }
    expectSameHops { $0.observation.traits.insert(.isFragment) }
    expectSameHops { $0.observation.traits.insert(.isReassembled) }
    expectSameHops { $0.observation.source = TraceBuilder.address("2001:db8::1") }
    expectSameHops { $0.observation.destination = TraceBuilder.address("10.42.2.3") }
    expectSameHops { $0.observation.tunnelSource = TraceBuilder.address("2001:db8::1") }
    expectSameHops { $0.observation.tunnelDestination = TraceBuilder.address("172.30.9.13") }
    expectSameHops { $0.observation.encapsulation = .geneve }
    expectSameHops { $0.observation.encapsulation = .none }
    expectSameHops { $0.observation.point = 2 }
    expectSameHops { $0.kind = .duplicate }
    expectSameHops { $0.kind = .bridgeCopy }
  }

  @Test func judgements() {
    expectSame { $0 = TraceBuilder.lost() }
    expectSame {
      $0.hops.removeLast()
      $0.lastSeen = 0
    }
    expectSame { $0.delivered = nil }
    expectSame { $0.confidence = nil }
    expectSame { $0.confidence = .weak }
    expectSame { $0.scope = .host }
    expectSame { $0.outcome = .notJudged }
    expectSame { $0.lastSeen = 0 }
    expectSame { $0.expectedNext = 0 }
    expectSame { $0.isAmbiguous = true }
    expectSame { $0.isProvisional = true }
    expectSame { $0.retransmissionOf = 1 }
    expectSame { $0.reasons = [.init(point: nil, code: .pathUnknown)] }
    expectSame { $0.reasons = [.init(point: 0, code: .missed)] }
    expectSame { $0.reasons = [.init(point: 0, code: .missed), .init(point: 1, code: .filtered)] }
  }
}
