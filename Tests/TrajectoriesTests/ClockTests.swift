import Packets
import Scoring
import TestSupport
import Testing

@testable import Trajectories

/// Clocks that are wrong by a known offset and drift, seen through packets that are delayed by load.
struct ClockTests {
  /// Two nodes and what their packets took: all in nanoseconds.
  struct Traffic {
    let offset: Int64
    let drift: Double
    var shortest = (there: Int64.max, back: Int64.max)
    var survey = ClockSurvey()
    static let start: Int64 = 1_763_823_788_000_000_000
    static let span: Int64 = 20_000_000_000
    static let resolution: Int64 = 1000

    /// - Parameter nodes: between which the packets go.
    init(seed: UInt64, nodes: (Int, Int) = (0, 1)) {
      var generator = SeededGenerator(seed: seed)
      offset = Int64.random(in: -10_000_000_000...10_000_000_000, using: &generator)
      drift = Double.random(in: -50...50, using: &generator)
      let least = (
        Int64.random(in: 3_000...300_000, using: &generator),
        Int64.random(in: 3_000...300_000, using: &generator)
      )
      for number in 0..<800 {
        let isThere = Bool.random(using: &generator)
        let sent = Self.start + Int64.random(in: 0..<Self.span, using: &generator)
        // Load makes nearly all packets late, some of them very.
        let late = Double.random(in: 0...1, using: &generator)
        let delay = (isThere ? least.0 : least.1) + Int64(2_000_000 * late * late * late)
        if isThere {
          shortest.there = min(shortest.there, delay)
        } else {
          shortest.back = min(shortest.back, delay)
        }
        add(number, sent: sent, received: sent + delay, isThere: isThere, nodes)
      }
    }

    /// The second node's clock at a true time.
    func second(_ time: Int64) -> Int64 {
      time + offset + Int64(Double(time - Self.start) * drift / 1e6)
    }

    private mutating func add(
      _ number: Int, sent: Int64, received: Int64, isThere: Bool, _ nodes: (Int, Int)
    ) {
      var row = Observation()
      row.identity = UInt64(number + 1)
      row.identification = 1
      row.traits.insert(.isIdentityComplete)
      row.source = IPAddress(v4: 0x0a2a_0102)
      row.destination = IPAddress(v4: 0x0a2a_0202)
      row.timeToLive = isThere ? 64 : 62
      row.time = isThere ? sent : received
      row.time -= row.time % Self.resolution
      survey.add(row, node: nodes.0)
      row.point = 1
      row.timeToLive = 63
      row.time = second(isThere ? received : sent)
      row.time -= row.time % Self.resolution
      survey.add(row, node: nodes.1)
    }
  }

  @Test(arguments: 1...50)
  func offsetAndDriftAreWithinTheBound(seed: Int) throws {
    let traffic = Traffic(seed: UInt64(seed))
    let pair = try #require(traffic.survey.pairs(order: [0, 1]).first)
    let clock = try #require(
      PairClock(pair, resolutions: (Traffic.resolution, Traffic.resolution)))
    let model = ClockModel(pairs: [clock], order: [0, 1])
    #expect(clock.pieces.count == 1)
    for step in 1..<20 {
      let time = Traffic.start + Int64(step) * Traffic.span / 20
      let bound = try #require(model.error(between: 0, and: 1, at: time))
      let wrong = model.recorded(time, node: 1) - traffic.second(time)
      #expect(wrong.magnitude <= bound)
      let widest = traffic.shortest.there + traffic.shortest.back + Traffic.resolution
      #expect(bound <= widest)
    }
  }

  /// The first and the last node of a chain never talk to each other; a fourth talks to nobody.
  @Test(arguments: 1...10)
  func nodesAreChained(seed: Int) throws {
    let legs = [
      Traffic(seed: UInt64(seed)), Traffic(seed: UInt64(100 + seed), nodes: (1, 2)),
    ]
    let pairs = try legs.map { leg in
      let pair = try #require(leg.survey.pairs(order: [0, 1, 2, 3]).first)
      return try #require(PairClock(pair, resolutions: (Traffic.resolution, Traffic.resolution)))
    }
    let model = ClockModel(pairs: pairs, order: [0, 1, 2, 3])
    for step in 1..<20 {
      let time = Traffic.start + Int64(step) * Traffic.span / 20
      let bound = try #require(model.error(between: 0, and: 2, at: time))
      let wrong = model.recorded(time, node: 2) - legs[1].second(legs[0].second(time))
      #expect(wrong.magnitude <= bound)
      let direct = try #require(model.error(between: 1, and: 2, at: time))
      let shortest = legs[1].shortest
      // Where the clock of the second leg's first node shows a time of its traffic.
      if (Traffic.start..<Traffic.start + Traffic.span).contains(legs[0].second(time)) {
        #expect(direct <= shortest.there + shortest.back + Traffic.resolution)
      }
      #expect(model.error(between: 0, and: 3, at: time) == nil)
    }
  }

  /// A clock that is set back shows the same time twice: neither the first node's nor the second's makes the
  /// other's doubtful.
  @Test(arguments: [0, 1], [Int64(20_000_000), 500_000_000, 2_500_000_000])
  func aClockIsSetBack(steppedNode: Int, change: Int64) throws {
    let step = Traffic.start + 1_000_000_000
    func shown(_ time: Int64, node: Int) -> Int64 {
      node == steppedNode && time >= step ? time - change : time
    }
    let times = (0..<800).map { Traffic.start + 2_500_000 + Int64($0) * 5_000_000 }
    var survey = ClockSurvey()
    for (number, time) in times.enumerated() {
      let sender = number % 2
      for (node, delay, timeToLive) in [(sender, Int64(0), UInt8(64)), (1 - sender, 40_000, 63)] {
        var row = Observation()
        row.identity = UInt64(number + 1)
        row.identification = 1
        row.traits.insert(.isIdentityComplete)
        row.source = IPAddress(v4: 0x0a2a_0102)
        row.destination = IPAddress(v4: 0x0a2a_0202)
        row.point = UInt16(node)
        row.timeToLive = timeToLive
        row.time = shown(time + delay, node: node)
        survey.add(row, node: node)
      }
    }
    let pair = try #require(survey.pairs(order: [0, 1]).first)
    let clock = try #require(PairClock(pair, resolutions: (1, 1)))
    let model = ClockModel(pairs: [clock], order: [0, 1])
    #expect(model.isReference(1 - steppedNode))
    let steps = model.steps(of: steppedNode)
    #expect(steps.count == 1)
    #expect(steps.allSatisfy { abs($0.change + change) <= 100_000 })
    var running = RunningClock(model, node: steppedNode)
    let wrong = times.filter {
      abs(running.corrected(shown($0, node: steppedNode)) - $0) > 100_000
    }
    #expect(wrong.isEmpty)
  }

  /// The node in the middle of a chain was given a clock: the one behind it is led to the first through it.
  @Test func aGivenClockIsPartOfAChain() throws {
    let legs = [Traffic(seed: 1), Traffic(seed: 2, nodes: (1, 2))]
    let pairs = try legs.map { leg in
      let pair = try #require(leg.survey.pairs(order: [0, 1, 2]).first)
      return try #require(PairClock(pair, resolutions: (Traffic.resolution, Traffic.resolution)))
    }
    let given = PairClock(nodes: (0, 1), fixedOffset: 7_000)
    let model = ClockModel(pairs: [given] + pairs, order: [0, 1, 2])
    let time = Traffic.start + Traffic.span / 2
    #expect(model.recorded(time, node: 1) == time + 7_000)
    let bound = try #require(model.error(between: 0, and: 2, at: time))
    #expect((model.recorded(time, node: 2) - legs[1].second(time + 7_000)).magnitude <= bound)
  }

  /// Copies of one capture given as two nodes': both directions take the same time, none. Which went where
  /// nothing tells, so nothing is told of the clocks.
  /// Points of one interface in two files, and more than 64 points.
  @Test(arguments: [0, 60])
  func clocksAreComparedWhateverElseIsCaptured(emptyCaptures: Int) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    let other = HandmadeNetwork.points.filter { $0.hasPrefix("n2/") }
    let captures = other.map { (point: $0, bytes: network.capture(of: $0)) }
    other.forEach { network.remove($0) }
    let empty = (0..<emptyCaptures).map { (point: "n1/veth9\($0)", bytes: PcapBytes().bytes) }
    let again = [captures[0]]
    let run = try network.trace(more: empty + captures + again)
    #expect(run.clocks.count == 1 && run.clocks[0].error != nil)
  }

  @Test func copiesTellNothingOfClocks() {
    var pair = NodePairTimes(nodes: (0, 1))
    for (number, source) in [IPAddress(v4: 0x0a00_0001), IPAddress(v4: 0x0a00_0002)].enumerated() {
      var times = ClockSurvey.NodeTimes()
      times.earliest = Traffic.start + Int64(number)
      times.latest = times.earliest
      times.timeToLive = 63
      pair.add(low: times, high: times, tunnelSource: source)
    }
    let arranged = pair.arranged()
    #expect(arranged.there.isEmpty && arranged.back.isEmpty)
  }
}
