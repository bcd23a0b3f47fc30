import Testing

@testable import Reports
@testable import Trajectories

/// A report in a thread of its own is the same, byte by byte.
@Suite struct TraceHandoverTests {
  private func json(of files: [String], threads: Int) -> String {
    let analysis = FixtureAnalysis.analysis(of: files)
    analysis.options.threads = threads
    let output = Collector()
    let report = JSONReport(files: files, sink: output.sink)
    if threads == 1 {
      analysis.run { report.add($0, points: $1) }
    } else {
      let handover = TraceHandover(report.add)
      analysis.run { handover.add($0, points: $1) }
      handover.wait()
    }
    report.finish(AnalysisFacts(of: analysis), points: analysis.table)
    return output.text
  }

  @Test(arguments: FixtureAnalysis.folders, [2, 4])
  func reportIsTheSame(folder: String, threads: Int) throws {
    let files = try FixtureAnalysis.captures(of: folder)
    let isSame = json(of: files, threads: threads) == json(of: files, threads: 1)
    #expect(isSame)
  }

  /// Many times as many as wait at once, of other lengths each time, handed on in their order.
  @Test func packetsKeepTheirOrder() {
    var taken: [(number: UInt64, hops: Int)] = []
    let handover = TraceHandover { trajectory, _ in
      taken.append((trajectory.number, trajectory.hops.count))
    }
    var trajectory = Trajectory()
    for number in 1...10_000 as ClosedRange<UInt64> {
      trajectory.number = number
      trajectory.resize(to: Int(number % 7) + 1)
      handover.add(trajectory, points: PointTable())
      if number == 5_000 { handover.wait() }
    }
    handover.wait()
    #expect(taken.map(\.number) == Array(1...10_000))
    #expect(taken.allSatisfy { $0.hops == Int($0.number % 7) + 1 })
  }

  @Test func whatIsKeptStaysAsItWas() {
    var kept: [Trajectory] = []
    let handover = TraceHandover { trajectory, _ in kept.append(copy trajectory) }
    var trajectory = Trajectory()
    trajectory.resize(to: 2)
    for number in 1...3_000 as ClosedRange<UInt64> {
      trajectory.number = number
      trajectory.hops[1].observation.frame = number
      handover.add(trajectory, points: PointTable())
    }
    handover.wait()
    #expect(kept.count == 3_000)
    #expect(kept.allSatisfy { $0.hops[1].observation.frame == $0.number })
  }
}
