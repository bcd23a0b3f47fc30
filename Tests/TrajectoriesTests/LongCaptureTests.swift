import Scoring
import Testing
import Trajectories

/// Clocks over captures that are far longer than what is read of them first.
struct LongCaptureTests {
  /// Twenty minutes of packets between two nodes, of which the second's clock is wrong. All times are in
  /// microseconds.
  struct Traffic {
    static let points = ["n1/veth1", "n1/eth0", "n2/eth0", "n2/veth2"]
    static let start = 100_000_000.0
    static let length = 1_200_000_000.0
    var network = HandmadeNetwork()
    /// What the wire took, by marker of the packet.
    private(set) var delays: [UInt32: Int64] = [:]

    /// - Parameter second: what the second node's clock shows at a time.
    init(count: Int, seed: UInt64, second: (Double) -> Double) {
      var generator = SeededGenerator(seed: seed)
      for point in HandmadeNetwork.points where !Self.points.contains(point) {
        network.remove(point)
      }
      for number in 0..<UInt32(count) {
        let time = Self.start + Self.length * Double(number) / Double(count)
        let isReply = Bool.random(using: &generator)
        let late = Double.random(in: 0...1, using: &generator)
        let delay = (40 + 400 * late * late * late).rounded()
        delays[number] = Int64(delay) * 1000
        send(number, at: time.rounded(), delay, isReply: isReply, second: second)
      }
    }

    private mutating func send(
      _ number: UInt32, at time: Double, _ delay: Double, isReply: Bool, second: (Double) -> Double
    ) {
      var packet = HandmadePacket()
      packet.identification = UInt16(truncatingIfNeeded: number)
      packet.sequence = number
      if isReply {
        swap(&packet.source, &packet.destination)
        swap(&packet.sourcePort, &packet.destinationPort)
      }
      let times = [time, time + 10, time + 10 + delay, time + 20 + delay]
      for (point, time) in zip(isReply ? Self.points.reversed() : Self.points, times) {
        let shown = point.hasPrefix("n2") ? second(time) : time
        network.record(packet, at: point, time: UInt32(shown), reply: isReply)
      }
    }
  }

  /// Forty parts per million are 48 milliseconds in twenty minutes.
  @Test(arguments: [(offset: -5_000_000.0, drift: 40.0), (7_000_000, -40)])
  func drift(offset: Double, drift: Double) throws {
    let traffic = Traffic(count: 6_000, seed: 1) { time in
      time + offset + (time - Traffic.start) * drift / 1e6
    }
    let run = try Self.trace(traffic)
    Self.expectWhole(run, traffic)
    let clock = try #require(run.clocks.first)
    #expect(clock.steps.isEmpty)
    #expect(abs(try #require(clock.drift) - drift) < 0.5)
  }

  /// The clock is set far behind the first packets.
  @Test(arguments: [Int64(400_000), -30_000])
  func step(by change: Int64) throws {
    let moment = Traffic.start + 0.618 * Traffic.length
    let traffic = Traffic(count: 6_000, seed: 2) { time in
      time + 2_000_000 + (time - Traffic.start) * 10 / 1e6 + (time < moment ? 0 : Double(change))
    }
    let run = try Self.trace(traffic)
    Self.expectWhole(run, traffic)
    let steps = try #require(run.clocks.first).steps
    #expect(steps.count == 1)
    let found = try #require(steps.first)
    #expect(abs(found.change - change * 1000) < 1_000_000)
    // As exactly as packets tell, one every 200 milliseconds.
    let recorded = 1_700_000_000_000_000_000 + Int64(moment) * 1000
    #expect(abs(found.time - recorded) < 500_000_000)
  }

  private static func trace(_ traffic: Traffic) throws -> TraceRun {
    var options = AnalysisOptions()
    options.sampleLimit = 256
    return try traffic.network.trace(options: options)
  }

  /// Every packet was found at all points, and the wire took what it did, within the error.
  private static func expectWhole(_ run: TraceRun, _ traffic: Traffic) {
    let complete = run.traces.count { $0.outcome == "complete" && $0.hops.count == 4 }
    #expect(complete == traffic.delays.count && run.traces.count == complete)
    let wrong = run.trajectories.count { trajectory in
      guard trajectory.hops.count == 4, let delay = trajectory.hops[2].delay,
        let error = trajectory.hops[2].delayError,
        let truth = traffic.delays[trajectory.origin.sequence]
      else { return true }
      return abs(delay - truth) > error
    }
    #expect(wrong == 0)
  }
}
