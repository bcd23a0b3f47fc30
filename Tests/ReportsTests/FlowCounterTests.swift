import Packets
import Testing

@testable import Reports
@testable import Trajectories

/// Packets counted by conversation against a dictionary.
@Suite struct FlowCounterTests {
  /// Addresses and ports of a conversation.
  private struct Ends: Hashable {
    var source: UInt32
    var destination: UInt32
    var ports: [UInt16] = [0, 0]
    var transportProtocol: UInt8 = 17
  }

  private struct Count: Equatable {
    var packets: UInt64 = 0
    var lost: UInt64 = 0
    var partial: UInt64 = 0
    var bytes: UInt64 = 0
  }

  private static func row(_ ends: Ends, hasPorts: Bool = true) -> Observation {
    var row = TraceBuilder.row(at: 0)
    row.source = IPAddress(v4: ends.source)
    row.destination = IPAddress(v4: ends.destination)
    row.sourcePort = ends.ports[0]
    row.destinationPort = ends.ports[1]
    row.transportProtocol = ends.transportProtocol
    if !hasPorts { row.traits.remove(.hasPorts) }
    return row
  }

  /// Counts packets of any of the conversations in any order, both ways.
  private static func compare(_ flows: [Ends], packets: Int, seed: UInt64) {
    var random = SplitMix(state: seed)
    var places = PointPlaces()
    places.update(from: TraceBuilder.points)
    var counter = FlowCounter()
    var model: [Ends: Count] = [:]
    var order: [Ends] = []
    for _ in 0..<packets {
      let ends = flows[Int.random(in: 0..<flows.count, using: &random)]
      var trajectory = TraceBuilder.trajectory([TraceBuilder.hop(row(ends))])
      let length = UInt32.random(in: 20...70_000, using: &random)
      trajectory.hops[0].observation.length = length
      let outcomes: [Trajectory.Outcome] = [.complete, .lost, .partial, .notJudged]
      trajectory.outcome = outcomes[Int.random(in: 0..<4, using: &random)]
      counter.add(trajectory, at: counter.expect(trajectory), places: places)
      if model[ends] == nil { order.append(ends) }
      model[ends, default: Count()].packets += 1
      model[ends, default: Count()].bytes += UInt64(length)
      if trajectory.outcome == .lost { model[ends, default: Count()].lost += 1 }
      if trajectory.outcome == .partial { model[ends, default: Count()].partial += 1 }
    }
    let found = counter.table.flows.map { flow in
      (
        Ends(
          source: flow.key.source.v4Bits, destination: flow.key.destination.v4Bits,
          ports: [flow.key.sourcePort, flow.key.destinationPort],
          transportProtocol: flow.key.transportProtocol),
        Count(packets: flow.packets, lost: flow.lost, partial: flow.partial, bytes: flow.bytes)
      )
    }
    #expect(found.map(\.0) == order)
    #expect(found.map(\.1) == order.map { model[$0] ?? Count() })
    #expect(counter.table.otherPackets == 0)
  }

  private static func anyEnds(_ random: inout SplitMix) -> Ends {
    Ends(
      source: .random(in: 0...300, using: &random),
      destination: .random(in: 0...300, using: &random),
      ports: [.random(in: 0...3, using: &random), .random(in: 0...3, using: &random)],
      transportProtocol: .random(in: 6...17, using: &random))
  }

  /// Fewer conversations than places for those met lately, as many, and far more: tables grow on the way.
  @Test(arguments: [1, 16, 17, 1024, 5000])
  func agreesWithADictionary(count: Int) {
    var random = SplitMix(state: UInt64(count))
    let flows = Array(Set((0..<count).map { _ in Self.anyEnds(&random) }))
    Self.compare(flows, packets: 4 * count + 100, seed: 1)
  }

  /// Conversations of which each takes the place of the others among those met lately.
  @Test func conversationsOfOnePlace() {
    var random = SplitMix(state: 5)
    var flows: Set<Ends> = []
    while flows.count < 20 {
      let ends = Self.anyEnds(&random)
      if FlowKey(Self.row(ends)).folding & 1023 == 99 { flows.insert(ends) }
    }
    Self.compare(Array(flows), packets: 3000, seed: 2)
  }

  /// Each field tells conversations apart, and the direction does.
  @Test func nearlyEqualConversations() {
    let ends = Ends(source: 1, destination: 2, ports: [3, 4])
    var others = [ends, Ends(source: 2, destination: 1, ports: [4, 3])]
    others.append(Ends(source: 5, destination: 2, ports: [3, 4]))
    others.append(Ends(source: 1, destination: 5, ports: [3, 4]))
    others.append(Ends(source: 1, destination: 2, ports: [5, 4]))
    others.append(Ends(source: 1, destination: 2, ports: [3, 5]))
    others.append(Ends(source: 1, destination: 2, ports: [4, 3]))
    others.append(Ends(source: 1, destination: 2, ports: [3, 4], transportProtocol: 6))
    Self.compare(others, packets: 500, seed: 3)
  }

  /// Where the protocol has no ports, what stands in their place tells nothing.
  @Test func withoutPortsThereIsOneConversation() {
    var places = PointPlaces()
    places.update(from: TraceBuilder.points)
    var counter = FlowCounter()
    for port in 0..<50 as Range<UInt16> {
      let ends = Ends(source: 1, destination: 2, ports: [port, 50 - port], transportProtocol: 1)
      let trajectory = TraceBuilder.trajectory([
        TraceBuilder.hop(Self.row(ends, hasPorts: false))
      ])
      counter.add(trajectory, at: counter.expect(trajectory), places: places)
    }
    #expect(counter.table.flows.map(\.packets) == [50])
    #expect(counter.table.flows.map(\.key.sourcePort) == [0])
  }
}
