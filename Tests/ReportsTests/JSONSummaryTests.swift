import Foundation
import Testing
import Trajectories

@testable import Reports

@Suite struct JSONSummaryTests {
  private func output(
    _ trajectories: [Trajectory], selection: PacketSelection = .all, facts: AnalysisFacts? = nil
  ) -> Collector {
    let output = Collector()
    let report = JSONReport(files: TraceBuilder.files, selection: selection, sink: output.sink)
    for trajectory in trajectories { report.add(trajectory, points: TraceBuilder.points) }
    report.finish(facts ?? TraceBuilder.facts(), points: TraceBuilder.points)
    return output
  }

  @Test func legCountsThoseLostOnIt() throws {
    var crossed = TraceBuilder.example()
    crossed.hops.append(TraceBuilder.hop(TraceBuilder.row(at: 4)))
    crossed.lastSeen = 2
    let lines = output([crossed, TraceBuilder.lost(), TraceBuilder.lost()], selection: .none).lines
    #expect(
      try json(lines[0])
        == json(
          """
          {"type":"leg","from":"n1/veth11aa","to":"n1/ens5","packets":3,"lost":0,"delay_ns":
          {"min":30000,"p50":30000,"p90":30000,"p99":30000,"max":30000,"negative":0},
          "delay_error_ns":1000}
          """))
    #expect(
      try json(lines[1])
        == json(
          """
          {"type":"leg","from":"n1/ens5","to":"n2/ens5","packets":3,"lost":2,"delay_ns":null,
          "delay_error_ns":null}
          """))
  }

  @Test func pointAndSummary() throws {
    let single = TraceBuilder.trajectory(
      [TraceBuilder.hop(TraceBuilder.row(at: 0, time: 1_763_823_788_349_000_000))],
      outcome: .notJudged)
    var partial = TraceBuilder.example()
    partial.outcome = .partial
    partial.isAmbiguous = true
    var facts = TraceBuilder.facts()
    facts.malformed = 3
    facts.evicted = 4
    facts.points[3].captureDrops = 17
    facts.points[4].first = nil
    let all = [TraceBuilder.example(), TraceBuilder.lost(), partial, single]
    let objects = try output(all, facts: facts).lines.map(json)
    #expect(
      objects[objects.count - 4]
        == (try json(
          """
          {"type":"point","point":"n1/ens5","role":"nic","files":["n1-ens5.pcap"],"frames":10,
          "inner":10,"first":"1763823788.349061000","last":"1763823800.000000001",
          "capture_drops":17}
          """)))
    #expect(objects[objects.count - 3]["first"] is NSNull)
    #expect(
      objects.last
        == (try json(
          """
          {"type":"summary","files":6,"frames":60,"observations":60,"traces":4,"complete":1,
          "lost":1,"partial":1,"not_judged":1,"ambiguous":1,"unmatched":1,"malformed":3,
          "span_ns":91000,"evicted":4}
          """)))
  }

  @Test func clock() throws {
    var facts = TraceBuilder.facts()
    facts.clocks = [
      .init(
        node: "n2", reference: "n1", offset: -1_203_344, error: 41_000, drift: -3.14159,
        samples: 812, steps: [(1_763_823_790_120_000_000, -500_000_000)]),
      .init(node: "n3", reference: "n1", offset: nil, error: nil, drift: nil, samples: 0),
    ]
    let lines = output([], facts: facts).lines
    #expect(
      lines[0] == """
        {"type":"clock","node":"n2","reference":"n1","offset_ns":-1203344,"error_ns":41000,\
        "drift_ppm":-3.142,"samples":812,\
        "steps":[{"time":"1763823790.120000000","change_ns":-500000000}]}
        """)
    #expect(
      lines[1] == """
        {"type":"clock","node":"n3","reference":"n1","offset_ns":null,"error_ns":null,\
        "drift_ppm":null,"samples":0,"steps":[]}
        """)
  }

  @Test(arguments: [
    (PacketSelection.all, ["1", "2", "3"]), (.lost, ["2"]), (.first(2), ["1", "2"]),
    (.first(0), []), (.none, []),
  ])
  func selection(selection: PacketSelection, numbers: [String]) throws {
    var third = TraceBuilder.example()
    third.number = 3
    let output = output(
      [TraceBuilder.example(), TraceBuilder.lost(), third], selection: selection)
    let traces = try output.objects().filter { $0["type"] as? String == "trace" }
    #expect(traces.map { ($0["id"] as? String)?.suffix(1) } == numbers.map { $0[...] })
  }

  @Test(arguments: [
    ("all", PacketSelection.all), ("lost", .lost), ("none", PacketSelection.none),
    ("17", .first(17)),
    ("-1", nil), ("", nil), ("some", nil),
  ])
  func selectionWords(text: String, selection: PacketSelection?) {
    #expect(PacketSelection(text) == selection)
  }
}
