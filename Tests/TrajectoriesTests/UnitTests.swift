import Scoring
import TestSupport
import Testing
import Trajectories

/// Packets that points see in different units: segmentation and receive offload, fragments.
struct UnitTests {
  /// A stretch of a stream or datagram as one record shows it; `number` is its first segment's place.
  typealias Unit = (number: Int, octets: Range<Int>)

  static let sending = Array(HandmadeNetwork.points[..<3])
  static let wire = Array(HandmadeNetwork.points[3..<5])
  static let receiving = Array(HandmadeNetwork.points[5...])
  static let segments: [Unit] = [
    (0, 0..<1000), (1, 1000..<2000), (2, 2000..<3000), (3, 3000..<3400),
  ]
  static let text = octets(0..<3400)

  @Test func aTraceForEachSegment() throws {
    var network = HandmadeNetwork()
    Self.record([(0, 0..<3400)], at: Self.sending, 0, in: &network)
    Self.record(Self.segments, at: Self.wire, 50, in: &network)
    // Glued along other borders.
    Self.record([(0, 0..<1000), (1, 1000..<3400)], at: Self.receiving, 80, in: &network)
    let run = try network.trace()
    #expect(run.traces.map(\.outcome) == Array(repeating: "complete", count: 4))
    #expect(run.traces.map { $0.hops.map(\.point) }.allSatisfy { $0 == HandmadeNetwork.points })
    #expect(Self.offsets(run, at: "n1/veth1") == [0, 1000, 2000, 3000])
    #expect(Self.offsets(run, at: "n1/eth0") == [nil, nil, nil, nil])
    #expect(Self.offsets(run, at: "n2/veth2") == [nil, 0, 1000, 2000])
    #expect(run.traces[3].hops[0].segment?.length == 400)
    #expect(run.trajectories.map(\.confidence) == Array(repeating: .exact, count: 4))
  }

  @Test(arguments: [0, 1, 2, 3], [UInt16(4), 15, 3000])
  func oneLostSegment(lost: Int, later: UInt16) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    Self.record([(0, 0..<3400)], at: Self.sending, 100_000, in: &network)
    Self.record(Self.segments, at: Array(Self.wire[..<1]), 100_050, in: &network)
    let arrived = Self.segments.filter { $0.number != lost }
    Self.record(arrived, at: Array(Self.wire[1...]) + Self.receiving, 100_060, in: &network)
    // Sent again on its own, under an identification that a longer unit's segment could have.
    var again = Self.packet(Self.segments[lost])
    again.identification = 100 + later
    network.send(again, at: 300_000)
    let run = try network.trace()
    let stream = zip(run.trajectories, run.traces).filter { $0.0.origin.acknowledgment != 0 }
    var expected = Array(repeating: "complete", count: 5)
    expected[lost] = "lost"
    #expect(stream.map(\.1.outcome) == expected)
    #expect(stream.map(\.1.hops.count) == expected.map { $0 == "lost" ? 4 : 8 })
    #expect(stream.last?.0.retransmissionOf == stream[lost].0.number)
    #expect(stream.dropLast().allSatisfy { $0.0.retransmissionOf == nil })
  }

  /// What is recorded long after it is due: the sample is too small to teach how long packets take.
  @Test(arguments: [UInt32(50), 400])
  func unitsThatComeLate(milliseconds: UInt32) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    Self.record([(0, 0..<3400)], at: Self.sending, 100_000, in: &network)
    let late = 100_000 + milliseconds * 1000
    Self.record(Self.segments, at: Self.wire, late, in: &network)
    Self.record([(0, 0..<2000), (2, 2000..<3400)], at: Self.receiving, late + 60, in: &network)
    var options = AnalysisOptions()
    options.sampleLimit = 1
    let run = try network.trace(options: options)
    let stream = zip(run.trajectories, run.traces).filter { $0.0.origin.acknowledgment != 0 }
    #expect(stream.map(\.1.outcome) == Array(repeating: "complete", count: 4))
    #expect(stream.allSatisfy { $0.1.hops.map(\.point) == HandmadeNetwork.points })
  }

  @Test func datagramsOfAUnit() throws {
    var network = HandmadeNetwork()
    Self.record([(0, 0..<3400)], at: Self.sending, 0, isStream: false, in: &network)
    Self.record(Self.segments, at: Self.wire, 50, isStream: false, in: &network)
    Self.record(
      [(0, 0..<2000), (2, 2000..<3400)], at: Self.receiving, 80, isStream: false, in: &network)
    let run = try network.trace()
    #expect(run.traces.map { $0.hops.map(\.point) }.allSatisfy { $0 == HandmadeNetwork.points })
    #expect(Self.offsets(run, at: "n1/cni0") == [0, 1000, 2000, 3000])
    #expect(Self.offsets(run, at: "n2/cni0") == [0, 1000, 0, 1000])
  }

  /// What a socket sends next has the next identification, as the second datagram of the unit before has.
  @Test func datagramsOfUnitsWithCommonIdentifications() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    let second = Self.segments.map {
      ($0.number + 1, $0.octets.lowerBound + 3400..<$0.octets.upperBound + 3400)
    }
    let arriving = Self.segments.filter { $0.number != 2 }
    for (units, points, time) in [
      ([(0, 0..<3400)], Self.sending, 100_000), ([(1, 3400..<6800)], Self.sending, 100_005),
      (Self.segments, Array(Self.wire[..<1]), 100_050), (second, Array(Self.wire[..<1]), 100_055),
      (arriving, Array(Self.wire[1...]), 100_080), (second, Array(Self.wire[1...]), 100_085),
      ([(0, 0..<2000), (3, 3000..<3400)], Self.receiving, 100_100),
      ([(1, 3400..<6800)], Self.receiving, 100_105),
    ] as [([Unit], [String], UInt32)] {
      Self.record(units, at: points, time, isStream: false, in: &network)
    }
    let traces = try network.trace().traces.filter { $0.hops[0].segment != nil }
    #expect(
      traces.map(\.hops.count).sorted() == [4, 8, 8, 8, 8, 8, 8, 8],
      "only the first unit's third datagram is lost")
    #expect(traces.filter { $0.outcome == "lost" }.map { $0.hops[0].segment?.offset } == [2000])
    #expect(traces.filter { $0.outcome == "complete" }.count == 7)
  }

  /// The next unit begins with the identification of the short datagram that the one before ended with: its datagrams
  /// are no shorter for it. What sent them was not captured.
  @Test func theLastDatagramOfAUnitDoesNotTellTheLengthOfTheNextOnes() throws {
    var network = HandmadeNetwork()
    for point in Self.sending + Self.wire[..<1] { network.remove(point) }
    let second = Self.segments.map {
      ($0.number + 3, $0.octets.lowerBound + 3400..<$0.octets.upperBound + 3400)
    }
    for (units, points, time) in [
      (Self.segments, Array(Self.wire[1...]), 0), ([(0, 0..<3400)], Self.receiving, 50),
      (second, Array(Self.wire[1...]), 20_000), ([(3, 3400..<6800)], Self.receiving, 20_050),
    ] as [([Unit], [String], UInt32)] {
      Self.record(units, at: points, time, isStream: false, in: &network)
    }
    let run = try network.trace()
    #expect(run.trajectories.map(\.hops.count) == Array(repeating: 4, count: 8))
    #expect(Self.offsets(run, at: "n2/veth2") == [0, 1000, 2000, 3000, 0, 1000, 2000, 3000])
  }

  @Test func aShortDatagramAfterALostOneIsNoneOfItsSegments() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    var long = HandmadePacket(identification: 100)
    long.payload = Array(Self.text[..<100])
    var short = HandmadePacket(identification: 101)
    short.payload = Array(Self.text[100..<150])
    network.send(long, at: 100_000, through: Self.sending)
    network.send(short, at: 100_005)
    let run = try network.trace()
    let counts = zip(run.trajectories, run.traces).filter {
      100...101 ~= $0.0.origin.identification
    }
    .map(\.1.hops.count)
    #expect(counts == [3, 8])
  }

  /// Connection tracking makes fragments whole on the bridge; nodes cut them anew.
  @Test func fragmentsThatAreWholeOnTheBridge() throws {
    var network = HandmadeNetwork()
    let whole = Self.packet((0, 0..<3400), isStream: false)
    let first = [0..<1400, 1400..<2800, 2800..<3408]
    let second = [0..<1400, 1400..<2000, 2000..<2800, 2800..<3408]
    for (place, point) in HandmadeNetwork.points.enumerated() {
      let cuts = point == "n1/cni0" ? [] : place < 2 ? first : second
      for (number, cut) in cuts.enumerated() {
        var fragment = whole
        fragment.fragment = cut
        network.record(fragment, at: point, time: UInt32(place * 10 + number))
      }
      if cuts.isEmpty { network.record(whole, at: point, time: UInt32(place * 10)) }
    }
    let run = try network.trace()
    #expect(run.traces.map { $0.hops.map(\.point) }.allSatisfy { $0 == HandmadeNetwork.points })
    #expect(Self.offsets(run, at: "n1/veth1") == [nil, 0, 600, nil])
    #expect(Self.offsets(run, at: "n1/cni0") == [0, 1400, 2000, 2800])
    #expect(Self.offsets(run, at: "n2/eth0") == [nil, nil, nil, nil])
  }

  @Test func fragmentsWhoseFirstOneGotLost() throws {
    var network = HandmadeNetwork()
    // Longer than the window.
    network.sendOthers(end: 5_000_000)
    let cuts = [0..<1400, 1400..<2800, 2800..<3408]
    for (place, point) in HandmadeNetwork.points.enumerated() {
      for (number, cut) in cuts.enumerated() where number > 0 || place < 4 {
        var fragment = Self.packet((0, 0..<3400), isStream: false)
        fragment.fragment = cut
        network.record(fragment, at: point, time: UInt32(100_000 + place * 10 + number))
      }
    }
    let traces = try network.trace().traces.filter { $0.hops[0].point == "n1/veth1" }
    // The others of the network come first and last.
    #expect(traces[1...3].map(\.outcome) == ["lost", "complete", "complete"])
    #expect(traces[1...3].map(\.hops.count) == [4, 8, 8])
  }

  /// Records units at points, one after the other.
  private static func record(
    _ units: [Unit], at points: [String], _ time: UInt32, isStream: Bool = true,
    in network: inout HandmadeNetwork
  ) {
    for (place, point) in points.enumerated() {
      for (number, unit) in units.enumerated() {
        network.record(
          packet(unit, isStream: isStream), at: point, time: time + UInt32(10 * place + number))
      }
    }
  }

  private static func packet(_ unit: Unit, isStream: Bool = true) -> HandmadePacket {
    var packet = HandmadePacket(identification: 100 + UInt16(unit.number))
    packet.sequence = isStream ? 5_000_000 + UInt32(unit.octets.lowerBound) : nil
    packet.payload = octets(unit.octets)
    return packet
  }

  private static func octets(_ range: Range<Int>) -> [UInt8] {
    range.map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
  }

  /// Where the traces' packets lie in what a point recorded.
  private static func offsets(_ run: TraceRun, at point: String) -> [UInt32?] {
    run.traces.flatMap { $0.hops.filter { $0.point == point }.map { $0.segment?.offset } }
  }
}
