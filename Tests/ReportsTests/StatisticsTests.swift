import Packets
import Testing

@testable import Reports
@testable import Trajectories

@Suite struct StatisticsTests {
  /// Percentiles against the sorted delays themselves.
  @Test(arguments: [100.0, 10_000, 1e7, 1e10])
  func percentilesAreRightToOnePercent(scale: Double) {
    var random = SplitMix(state: 42)
    let delays = (0..<20_000).map { _ in
      Int64(scale * Double(random.next() >> 11) / Double(1 << 53) * 3)
    }
    var distribution = DelayDistribution()
    for delay in delays { distribution.add(delay) }
    let sorted = delays.sorted()
    for percent in [50.0, 90, 99] {
      let exact = Double(sorted[Int((percent / 100 * 20_000).rounded(.up)) - 1])
      let found = Double(distribution.percentile(percent))
      #expect(abs(found - exact) <= max(1, exact * 0.01))
    }
    #expect(distribution.minimum == sorted.first)
    #expect(distribution.maximum == sorted.last)
  }

  @Test func negativeDelaysCountAsZero() {
    var distribution = DelayDistribution()
    for delay in [-5_000, -1, 0, 3_000] as [Int64] { distribution.add(delay) }
    #expect(distribution.minimum == -5_000)
    #expect(distribution.maximum == 3_000)
    #expect(distribution.negative == 2)
    #expect(distribution.percentile(50) == 0)
    #expect(distribution.percentile(75) == 0)
  }

  @Test func delaysOfAnySizeAreTaken() {
    var distribution = DelayDistribution()
    for delay in [Int64.min, .max, 0, 1] { distribution.add(delay) }
    #expect(distribution.count == 4)
    #expect(distribution.minimum == .min)
    #expect(distribution.maximum == .max)
  }

  @Test func rowsAreFoundAgainAfterGrowing() {
    var index = HashIndex()
    for key in 0..<10_000 as Range<UInt64> { index.append(key &* 0x1_0000_0001) }
    for row in 0..<10_000 {
      #expect(index.find(UInt64(row) &* 0x1_0000_0001) { $0 == row } == row)
    }
    #expect(index.find(7) { _ in true } == nil)
  }

  @Test func flowsBeyondTheLimitAreCountedTogether() {
    var collector = StatisticsCollector()
    var trajectory = TraceBuilder.example()
    for flow in 0..<FlowTable.limit + 7 {
      trajectory.hops[0].observation.source = IPAddress(v4: UInt32(flow))
      collector.add(trajectory, points: TraceBuilder.points)
    }
    collector.add(trajectory, points: TraceBuilder.points)
    let statistics = collector.statistics
    #expect(statistics.flows.flows.count == FlowTable.limit)
    #expect(statistics.flows.otherPackets == 8)
    #expect(statistics.counts.traces == UInt64(FlowTable.limit) + 8)
  }

  @Test func legsBeyondTheLimitAreCountedTogether() {
    var legs = LegCounter()
    for point in 0..<LegTable.limit + 3 {
      legs.add(
        TraceBuilder.trajectory([
          TraceBuilder.hop(TraceBuilder.row(at: UInt16(point))),
          TraceBuilder.hop(TraceBuilder.row(at: UInt16(point + 1))),
        ]))
    }
    #expect(legs.table.legs.count == LegTable.limit)
    #expect(legs.table.omitted == 3)
  }

  @Test func flowsSumUpWhatBecameOfTheirPackets() {
    var collector = StatisticsCollector()
    var partial = TraceBuilder.example()
    partial.outcome = .partial
    for trajectory in [TraceBuilder.example(), TraceBuilder.lost(), partial] {
      collector.add(trajectory, points: TraceBuilder.points)
    }
    let statistics = collector.statistics
    let flow = statistics.flows.flows[0]
    #expect(statistics.flows.flows.count == 1)
    #expect([flow.packets, flow.lost, flow.partial, flow.bytes] == [3, 1, 1, 684])
  }

  /// A flow that lost all its packets on its own node is still one to the node of its destination,
  /// as the flow that comes from there shows.
  @Test func directionOfABlackHole() {
    var collector = StatisticsCollector()
    var stuck = TraceBuilder.trajectory(
      [TraceBuilder.hop(TraceBuilder.row(at: 0)), TraceBuilder.hop(TraceBuilder.row(at: 1))],
      outcome: .lost)
    stuck.expectedNext = 2
    let reply = TraceBuilder.trajectory(
      [5, 4, 3].map { point in
        TraceBuilder.hop(
          TraceBuilder.row(at: point) {
            swap(&$0.source, &$0.destination)
            swap(&$0.sourcePort, &$0.destinationPort)
          })
      })
    collector.add(stuck, points: TraceBuilder.points)
    collector.add(stuck, points: TraceBuilder.points)
    collector.add(reply, points: TraceBuilder.points)
    let pairs = NodePair.pairs(of: collector.statistics.flows.flows)
    #expect(pairs.map { [$0.source, $0.destination] } == [[0, 1], [1, 0]])
    #expect(pairs.map { [$0.packets, $0.lost] } == [[2, 2], [1, 0]])
  }

  @Test func reasonsAreCountedByPoint() {
    var table = ReasonTable()
    var partial = TraceBuilder.example()
    partial.outcome = .partial
    partial.reasons = [.init(point: 1, code: .missed), .init(point: 4, code: .notRecording)]
    table.add(partial)
    partial.reasons.removeLast()
    table.add(partial)
    #expect(table.rows.map(\.packets) == [2, 1])
    #expect(table.rows[0].example == FrameReference(file: 3, frame: 9))
  }
}

/// Sebastiano Vigna's splitmix64: the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
