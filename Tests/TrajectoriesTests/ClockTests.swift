import Packets
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

    init(seed: UInt64) {
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
        add(number, sent: sent, received: sent + delay, isThere: isThere)
      }
    }

    /// The second node's clock at a true time.
    func second(_ time: Int64) -> Int64 {
      time + offset + Int64(Double(time - Self.start) * drift / 1e6)
    }

    private mutating func add(_ number: Int, sent: Int64, received: Int64, isThere: Bool) {
      var row = Observation()
      row.identity = UInt64(number + 1)
      row.identification = 1
      row.traits.insert(.isIdentityComplete)
      row.source = IPAddress(v4: 0x0a2a_0102)
      row.destination = IPAddress(v4: 0x0a2a_0202)
      row.timeToLive = isThere ? 64 : 62
      row.time = isThere ? sent : received
      row.time -= row.time % Self.resolution
      survey.add(row, node: 0)
      row.point = 1
      row.timeToLive = 63
      row.time = second(isThere ? received : sent)
      row.time -= row.time % Self.resolution
      survey.add(row, node: 1)
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
      #expect(wrong.magnitude <= bound + 1)
      let widest = traffic.shortest.there + traffic.shortest.back + 2 * Traffic.resolution
      #expect(bound <= widest)
    }
  }
}
