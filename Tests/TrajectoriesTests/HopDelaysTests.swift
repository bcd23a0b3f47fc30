import Testing

@testable import Trajectories

/// Delays from hop to hop against plain subtraction, also of packets with more hops than a way has room for.
struct HopDelaysTests {
  /// Points in turn of two nodes whose clocks are compared and one that shares no packet with them.
  private struct Network {
    var table = PointTable()
    let clocks: ClockModel

    init() throws {
      for point in 0..<12 {
        let index = table.add(node: "n\(point % 3)", interface: "eth\(point)")
        table.noteResolution(Int64(1 + point * 7 % 12 * 100), of: try #require(index))
      }
      let traffic = ClockTests.Traffic(seed: 1)
      let pair = try #require(traffic.survey.pairs(order: [0, 1, 2]).first)
      clocks = ClockModel(
        pairs: [try #require(PairClock(pair, resolutions: (1000, 1000)))], order: [0, 1, 2])
    }

    /// A packet's hops, of which each one in so many is not on the path; by the order of points alone, so that
    /// packets of one way differ only in their times.
    func hops(
      count: Int, start: Int, asideEvery: Int, using generator: inout SeededGenerator
    ) -> [Hop] {
      let first = ClockTests.Traffic.start + .random(in: 0..<5_000_000_000, using: &generator)
      return (0..<count).map { index in
        var row = Observation()
        row.point = UInt16((start + index * index) % 12)
        row.time = first + .random(in: -500_000...90_000_000, using: &generator)
        row.correctedTime = row.time + Int64(row.point % 3) * 1_000_003
        let isAside = (index + 1) % asideEvery == 0
        // What stood there before is no delay of this packet.
        return Hop(
          observation: row, kind: isAside ? .duplicate : .path, delay: 77, delayError: 77)
      }
    }

    /// Each delay, and how wrong it may be: on a node by what was recorded, between nodes by corrected times.
    /// How wrong the clocks are is asked at the beginning of the hundredth of a second.
    func expected(_ hops: [Hop]) -> [[Int64?]] {
      var before: Observation?
      return hops.map { hop in
        guard hop.kind == .path else { return [nil, nil] }
        let row = hop.observation
        defer { before = row }
        guard let before else { return [nil, nil] }
        let resolution = max(
          table.resolution(of: before.point), table.resolution(of: row.point))
        let (from, to) = (table.node(of: before.point), table.node(of: row.point))
        if from == to { return [row.time - before.time, resolution] }
        let moment = before.correctedTime / 10_000_000 * 10_000_000
        guard let error = clocks.error(between: from, and: to, at: moment) else {
          return [nil, nil]
        }
        return [row.correctedTime - before.correctedTime, error + resolution]
      }
    }
  }

  private static func delays(_ hops: [Hop]) -> [[Int64?]] {
    hops.map { [$0.delay, $0.delayError] }
  }

  /// A way is measured anew from packet to packet: the first one is learnt from, the others are measured by that.
  @Test(arguments: [1, 2, 3, 15, 16, 17, 18, 31, 32, 33, 48, 49, 100], [UInt32(0), 7, 512])
  func areThoseOfSubtraction(count: Int, way: UInt32) throws {
    let network = try Network()
    var generator = SeededGenerator(seed: UInt64(count))
    // Every hop on the path, every second aside, and borders of 16 hops where the last or the first one is.
    for (start, asideEvery) in [(0, 1000), (1, 2), (2, 16), (3, 17), (5, 3)] {
      var delays = HopDelays()
      for _ in 0..<5 {
        var hops = network.hops(
          count: count, start: start, asideEvery: asideEvery, using: &generator)
        let expected = network.expected(hops)
        delays.measure(&hops, way: way, table: network.table, clocks: network.clocks)
        #expect(Self.delays(hops) == expected, "aside: \(asideEvery)")
      }
    }
  }

  /// Ways that share a place, packets without one and packets that are too long for one take turns.
  @Test(arguments: [UInt64(1), 2, 3])
  func waysDoNotDisturbEachOther(seed: UInt64) throws {
    let network = try Network()
    var generator = SeededGenerator(seed: seed)
    var delays = HopDelays()
    let ways: [(number: UInt32, count: Int)] = [
      (7, 8), (7 + 512, 16), (7 + 1024, 3), (8, 16), (0, 16), (0, 17), (0, 40), (6, 1),
    ]
    for _ in 0..<400 {
      let (number, count) = try #require(ways.randomElement(using: &generator))
      var hops = network.hops(
        count: count, start: count, asideEvery: 5, using: &generator)
      let expected = network.expected(hops)
      delays.measure(&hops, way: number, table: network.table, clocks: network.clocks)
      #expect(Self.delays(hops) == expected, "way \(number)")
    }
  }

  /// Nothing is told between nodes whose clocks are not compared, and on a node what was recorded.
  @Test(arguments: [16, 17])
  func withoutClocksOnlyNodesTell(count: Int) throws {
    let network = try Network()
    var generator = SeededGenerator(seed: 1)
    var delays = HopDelays()
    var hops = network.hops(count: count, start: 0, asideEvery: 1000, using: &generator)
    delays.measure(&hops, way: 1, table: network.table, clocks: ClockModel())
    let rows = hops.map(\.observation)
    let expected =
      [nil]
      + zip(rows, rows.dropFirst()).map { before, row in
        before.point % 3 == row.point % 3 ? row.time - before.time : nil
      }
    #expect(hops.map(\.delay) == expected)
    #expect(expected.contains { $0 != nil })
  }
}
