import Scoring
import TestSupport
import Testing
import Trajectories

/// Which observations are taken for one packet.
struct JoiningTests {
  @Test func onePacketAtAllPoints() throws {
    var network = HandmadeNetwork()
    network.send(HandmadePacket(), at: 0)
    let run = try network.trace()
    #expect(run.traces.map { $0.hops.map(\.point) } == [HandmadeNetwork.points])
    #expect(run.trajectories.map(\.confidence) == [.exact])
    #expect(run.trajectories.map(\.isAmbiguous) == [false])
  }

  static let others: [HandmadePacket] = [
    HandmadePacket(payload: [UInt8]("another of same size".utf8)),
    HandmadePacket(payload: [UInt8]("a longer payload of its own".utf8)),
    HandmadePacket(identification: 2),
    HandmadePacket(sequence: 9),
  ]

  @Test(arguments: others)
  func packetsThatDifferAreTwo(other: HandmadePacket) throws {
    var network = HandmadeNetwork()
    network.send(HandmadePacket(), at: 0)
    network.send(other, at: 5)
    let traces = try network.trace().traces
    let frames = traces.map { $0.hops.map(\.frame) }
    #expect(frames == [[UInt64](repeating: 1, count: 8), [UInt64](repeating: 2, count: 8)])
  }

  @Test func aRetransmissionIsAnotherPacket() throws {
    var network = HandmadeNetwork()
    var segment = HandmadePacket()
    segment.sequence = 1000
    network.sendOthers()
    network.send(segment, at: 100_000, through: Array(HandmadeNetwork.points[..<4]))
    segment.identification = 2
    network.send(segment, at: 300_000)
    let run = try network.trace()
    let traces = zip(run.trajectories, run.traces).filter { $0.0.origin.sequence == 1000 }.map(\.1)
    #expect(traces.map(\.outcome) == ["lost", "complete"])
    #expect(traces.map(\.hops.count) == [4, 8])
  }

  @Test func equalPacketsWithoutIdentificationFollowTheirTimes() throws {
    var network = HandmadeNetwork()
    var packet = HandmadePacket()
    packet.identification = 0
    for number in 0..<5 { network.send(packet, at: UInt32(number) * 10_000) }
    let run = try network.trace()
    let expected = (1...5).map { [UInt64](repeating: $0, count: 8) }
    #expect(run.traces.map { $0.hops.map(\.frame) } == expected)
  }

  /// RFC 6864 lets datagrams that are not fragmented go without an identification; their tunnel gives one.
  @Test(arguments: 0..<3, [HandmadePacket(), HandmadePacket(sequence: 1000, timestamp: 5)])
  func ofEqualPacketsATunnelsIdentificationTellsTheLostOne(
    lost: Int, packet: HandmadePacket
  ) throws {
    var network = HandmadeNetwork()
    var packet = packet
    packet.identification = 0
    network.sendOthers()
    for number in 0..<3 {
      packet.outerIdentification = 101 + UInt16(number)
      let points = number == lost ? Array(HandmadeNetwork.points[..<4]) : HandmadeNetwork.points
      network.send(packet, at: 100_000 + 40 * UInt32(number), through: points)
    }
    let run = try network.trace()
    let found = run.trajectories.indices.filter { run.trajectories[$0].origin.identification == 0 }
    #expect(found.map { run.traces[$0].outcome == "lost" } == (0..<3).map { $0 == lost })
    #expect(found.allSatisfy { !run.trajectories[$0].isAmbiguous })
  }

  /// Behind the tunnel only times tell them apart, also where a node sent one of them twice.
  @Test(arguments: [false, true])
  func ofEqualPacketsThatOvertakeNobodyKnowsWhichIsWhich(hasTwin: Bool) throws {
    let points = HandmadeNetwork.points
    var network = HandmadeNetwork()
    network.sendOthers()
    var packet = HandmadePacket(identification: 0, sequence: 1000)
    packet.outerIdentification = 101
    network.send(packet, at: 100_000)
    // The second one comes to n2 before the first one has left n2's VTEP device.
    packet.outerIdentification = 102
    network.send(packet, at: 100_032, through: Array(points[..<4]), step: 1)
    network.send(packet, at: 100_045, through: Array(points[4...]))
    if hasTwin {
      packet.outerIdentification = 103
      network.send(packet, at: 100_036, through: Array(points[2..<4]), step: 1)
      network.send(packet, at: 100_047, through: Array(points[4...]))
    }
    let run = try network.trace()
    let found = run.trajectories.first { $0.origin.identification == 0 }
    #expect(try #require(found).isAmbiguous)
  }

  /// The entry's own capture has holes (frames that it dropped): more packets were seen behind it.
  @Test(arguments: 0..<3, ["n2/eth0", "n2/flannel.1"])
  func ofEqualPacketsWhatTheEntryMissedIsNotLost(missing: Int, at point: String) throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    for number in 0..<3 {
      let packet = HandmadePacket(
        identification: 0, outerIdentification: 101 + UInt16(number))
      let points = HandmadeNetwork.points.filter { number != missing || $0 != point }
      network.send(packet, at: 100_000 + 40 * UInt32(number), through: points)
    }
    let run = try network.trace()
    let found = run.trajectories.indices.filter { run.trajectories[$0].origin.identification == 0 }
    #expect(
      found.map { run.traces[$0].outcome }
        == (0..<3).map { $0 == missing ? "partial" : "complete" })
    #expect(
      found.map { run.traces[$0].hops.count } == (0..<3).map { $0 == missing ? 7 : 8 })
  }

  /// Two network cards with a tunnel each, one of which takes longer: each tunnel numbers on its own.
  @Test func ofEqualPacketsTwoTunnelsMayGiveOneIdentification() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    let sending = ["n1/veth1", "n1/cni0", "n1/flannel.1"]
    let receiving = Array(HandmadeNetwork.points[4...])
    var packet = HandmadePacket(identification: 0, outerIdentification: 102)
    network.send(packet, at: 100_000, through: sending + ["n1/eth0"])
    packet.outerSource = 21
    network.send(packet, at: 100_040, through: sending + ["n1/eth1"])
    network.send(packet, at: 100_200, through: receiving)
    packet.outerSource = nil
    packet.outerIdentification = 103
    network.send(packet, at: 100_080)
    let run = try network.trace()
    let found = run.trajectories.indices.filter { run.trajectories[$0].origin.identification == 0 }
    #expect(found.map { run.traces[$0].outcome } == ["lost", "complete", "complete"])
  }

  /// Some tunnels number nothing, or all the same.
  @Test(arguments: [UInt16(0), 1])
  func ofEqualPacketsInATunnelThatNumbersNoneNobodyKnows(outer: UInt16) throws {
    var network = HandmadeNetwork()
    var packet = HandmadePacket(identification: 0, outerIdentification: outer)
    packet.sequence = 1000
    network.sendOthers()
    for number in 0..<3 {
      let points = number == 1 ? Array(HandmadeNetwork.points[..<4]) : HandmadeNetwork.points
      network.send(packet, at: 100_000 + 40 * UInt32(number), through: points)
    }
    let run = try network.trace()
    let found = run.trajectories.indices.filter { run.trajectories[$0].origin.identification == 0 }
    #expect(found.count { run.traces[$0].outcome == "lost" } == 1)
    #expect(found.contains { run.trajectories[$0].isAmbiguous })
  }

  @Test func whatWasSentAgainHasAnotherTimestamp() throws {
    var network = HandmadeNetwork()
    network.sendOthers()
    var segment = HandmadePacket(identification: 0, sequence: 1000, timestamp: 5)
    network.send(segment, at: 100_000, through: Array(HandmadeNetwork.points[..<4]))
    segment.timestamp = 6
    network.send(segment, at: 100_020)
    let run = try network.trace()
    let found = run.trajectories.indices.filter { run.trajectories[$0].origin.identification == 0 }
    #expect(found.map { run.traces[$0].outcome } == ["lost", "complete"])
    #expect(found.allSatisfy { !run.trajectories[$0].isAmbiguous })
  }

  @Test func theSamePacketSeenTwiceIsADuplicate() throws {
    var network = HandmadeNetwork()
    network.send(HandmadePacket(), at: 0)
    network.record(HandmadePacket(), at: "n2/eth0", time: 45)
    let trace = try #require(network.trace().traces.first)
    #expect(
      trace.hops.map(\.kind) == [
        "path", "path", "path", "path", "path", "duplicate", "path", "path", "path",
      ])
    #expect(trace.hops[5].point == "n2/eth0")
    #expect(trace.outcome == "complete")
  }

  @Test func theSamePointInAnotherFileIsARecapture() throws {
    var network = HandmadeNetwork()
    network.send(HandmadePacket(), at: 0)
    let again = network.capture(of: "n1/cni0")
    let trace = try #require(network.trace(more: [("n1/cni0", again)]).traces.first)
    #expect(trace.hops.map(\.point).filter { $0 == "n1/cni0" }.count == 2)
    #expect(trace.hops.map(\.kind).filter { $0 != "path" } == ["recapture"])
  }

  @Test func theSamePointWithALowerTimeToLiveIsAFurtherHop() throws {
    var network = HandmadeNetwork()
    network.send(HandmadePacket(), at: 0, through: ["n1/veth1", "n1/cni0"])
    network.record(HandmadePacket(), at: "n1/cni0", time: 20, timeToLive: 63)
    let trace = try #require(network.trace().traces.first)
    #expect(trace.hops.map(\.point) == ["n1/veth1", "n1/cni0", "n1/cni0"])
    #expect(trace.hops.map(\.kind) == ["path", "path", "path"])
  }

  /// RFC 1812, section 5.3.1: a router discards what has no hop left.
  @Test func whatHasNoHopLeftWasNotPassedOn() throws {
    var network = HandmadeNetwork()
    network.send(HandmadePacket(), at: 0, through: ["n1/veth1", "n1/cni0"])
    network.record(HandmadePacket(), at: "n1/cni0", time: 20, timeToLive: 0)
    let traces = try network.trace().traces
    #expect(traces.map { $0.hops.map(\.point) } == [["n1/veth1", "n1/cni0"], ["n1/cni0"]])
  }

  @Test(arguments: [UInt16(1), 0])
  func aServicesAddressIsTranslated(identification: UInt16) throws {
    var network = HandmadeNetwork()
    var request = HandmadePacket()
    request.identification = identification
    var translated = request
    request.destination = [10, 43, 0, 10]
    request.destinationPort = 53
    network.send(request, at: 0, through: ["n1/veth1"])
    network.send(translated, at: 10, through: Array(HandmadeNetwork.points[1...]))
    translated.payload += [1]
    network.send(translated, at: 1000)
    let traces = try network.trace().traces
    #expect(
      traces.map { $0.hops.map(\.point) } == [HandmadeNetwork.points, HandmadeNetwork.points])
    #expect(traces.map(\.outcome) == ["complete", "complete"])
  }

  @Test func whatComesLaterThanTheWindowIsAnotherPacket() throws {
    var network = HandmadeNetwork()
    network.sendOthers(end: 4_000_000)
    network.send(HandmadePacket(), at: 10_000, through: Array(HandmadeNetwork.points[..<4]))
    network.send(HandmadePacket(), at: 3_000_000, through: Array(HandmadeNetwork.points[4...]))
    let counts = try network.trace().traces.map(\.hops.count)
    #expect(counts == [8, 8, 4, 4, 8, 8])
  }

  /// Identifications count round to 0, and a segment is then told by its payload: by no more of it than the
  /// shortest copy has, though no such segment is among the first ones.
  @Test(arguments: [262_144, 128, 112])
  func aSegmentWithoutIdentificationInCutCaptures(snapshotLength: Int) throws {
    var network = HandmadeNetwork()
    network.snapshotLength = snapshotLength
    var packet = HandmadePacket()
    packet.payload = Array(0..<200)
    for (index, identification) in [65_533, 65_534, 65_535, 0, 1].enumerated() {
      packet.identification = UInt16(identification)
      packet.sequence = UInt32(1000 + 200 * index)
      network.send(packet, at: UInt32(index) * 10_000)
    }
    var options = AnalysisOptions()
    options.sampleLimit = 2
    let run = try network.trace(options: options)
    #expect(run.trajectories.map(\.hops.count) == Array(repeating: 8, count: 5))
    #expect(run.trajectories.map(\.outcome) == Array(repeating: .complete, count: 5))
  }
}
