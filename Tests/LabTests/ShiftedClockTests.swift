import Foundation
import Scoring
import Testing
import Topology
import Trajectories

extension LabTests {
  /// Real packets, and a clock that is wrong by what the test knows: all nodes of the lab have one clock,
  /// until the captures of one are rewritten.
  struct ShiftedClockTests {
    /// How a node's clock is wrong: seconds, and parts per million.
    struct Shift: Sendable, CustomTestStringConvertible {
      let scenario: String
      let node: String
      let offset: Double
      let drift: Double

      var testDescription: String { "\(scenario), \(node) by \(offset) s and \(drift) ppm" }
    }

    static let shifts = [
      Shift(scenario: "lossy-wire", node: "n2", offset: -3.25, drift: 50),
      Shift(scenario: "clusterip", node: "n1", offset: 10, drift: -50),
      Shift(scenario: "lossy-ipv6", node: "n2", offset: 0.004, drift: 20),
      Shift(scenario: "three-nodes", node: "n2", offset: -10, drift: -35),
      Shift(scenario: "segmentation-lossy", node: "n2", offset: 7.5, drift: 45),
    ]

    @Test(arguments: shifts, [LabFolder.View.interfaces, .anyWithLinks])
    func everyPacket(of shift: Shift, seenAs view: LabFolder.View) throws {
      let folder = try Lab.changed(
        Lab.folder(of: LabScenario(name: shift.scenario)), by: "shift-clock",
        ["--node", shift.node, "--offset=\(shift.offset)", "--drift=\(shift.drift)"])
      let run = try folder.run(view)
      let score = try Score(of: run.traces, against: folder.truth(view), depth: view.depth)
      if !score.isPerfect { Issue.record("\(score)") }

      let shown = try Self.difference(in: folder, at: #require(run.startTime))
      for clock in run.clocks {
        // The first node by name is the reference: if it is the one that is wrong, the others seem so.
        let name = run.table.nodes[clock.node]
        let truth = name == shift.node ? shown : shift.node == "n1" ? -shown : 0
        let error = try #require(clock.error)
        #expect(abs(try #require(clock.offset) - truth) <= error, "\(name)")
        #expect(clock.steps.isEmpty)
      }
      #expect(run.clocks.count == run.table.nodes.count - 1)
    }

    /// Where packets come through one way only, they do not tell the clock: the user may, by `--clock`.
    @Test func saidByTheUser() throws {
      let folder = try Lab.changed(
        Lab.folder(of: LabScenario(name: "blackhole")), by: "shift-clock",
        ["--node", "n2", "--offset=0.0015"])
      var options = AnalysisOptions()
      for offset in [nil, Int64(1_500_000)] {
        options.clocks["n2"] = offset
        let run = try folder.run(.interfaces, options: options)
        let score = try Score(of: run.traces, against: folder.truth(.interfaces), depth: .points)
        if !score.isPerfect { Issue.record("\(score)") }
        let wire = run.trajectories.flatMap { trajectory in
          zip(trajectory.hops, trajectory.hops.dropFirst()).filter { before, hop in
            run.table[before.observation.point].name == "n2/eth0"
              && run.table[hop.observation.point].name == "n1/eth0"
          }
        }
        #expect(!wire.isEmpty)
        for (before, hop) in wire {
          guard let offset else {
            #expect(hop.delay == nil && hop.delayError == nil)
            continue
          }
          // All nodes of the lab have one clock.
          let truth = hop.observation.time - (before.observation.time - offset)
          let (delay, error) = try (#require(hop.delay), #require(hop.delayError))
          #expect(abs(delay - truth) <= error && delay >= -error && error <= 1000)
        }
      }
    }

    /// By how much the wrong clock is ahead, in nanoseconds, as what changed it noted.
    private static func difference(in folder: LabFolder, at time: Int64) throws -> Int64 {
      let note = try JSONDecoder().decode(
        Note.self, from: Data(contentsOf: folder.url.appending(path: "clock.json")))
      let passed = time - (note.node == "n1" ? note.offset : 0) - note.start
      return note.offset + Int64(Double(passed) * note.drift / 1e6)
    }

    /// What `shift-clock` did.
    private struct Note: Decodable {
      let node: String
      let start: Int64
      let offset: Int64
      let drift: Double

      private enum CodingKeys: String, CodingKey {
        case node
        case start = "start_ns"
        case offset = "offset_ns"
        case drift = "drift_ppm"
      }
    }

    /// The second node's clock is set in the middle of the traffic, while no packet is on its way: of those
    /// that are, nobody knows which reading of the clock to take.
    @Test(arguments: [0.5, -0.2])
    func step(of seconds: Double) throws {
      let original = try Lab.folder(of: LabScenario(name: "clean"))
      let whole = try original.run(.interfaces)
      let times = whole.trajectories.filter { $0.hops.count == 8 }.map(\.origin.time).sorted()
      let middle = times[(times.count / 3)..<(times.count * 2 / 3)]
      let gap = try #require(
        zip(middle, middle.dropFirst()).max { $0.1 - $0.0 < $1.1 - $1.0 })
      let passed = try gap.0 + (gap.1 - gap.0) * 3 / 4 - #require(whole.startTime)
      let folder = try Lab.changed(
        original, by: "shift-clock",
        ["--node", "n2", "--offset=2", "--step=\(seconds)", "--after=\(Double(passed) / 1e9)"])
      let run = try folder.run(.interfaces)
      let score = try Score(of: run.traces, against: folder.truth(.interfaces), depth: .points)
      if !score.isPerfect { Issue.record("\(score)") }
      let steps = try #require(run.clocks.first).steps
      #expect(steps.count == 1)
      #expect(abs(try #require(run.clocks[0].drift)) < 500)
      #expect(steps.allSatisfy { abs(Double($0.change) - seconds * 1e9) < 1_000_000 })
    }
  }
}
