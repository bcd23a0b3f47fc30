import Findings
import Foundation
import Testing

@testable import Reports
@testable import Trajectories

@Suite struct HTMLReportTests {
  private func page(of folder: String) throws -> String {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    FixtureAnalysis.run(
      FixtureAnalysis.analysis(of: files), into: HTMLReport(files: files, sink: output.sink))
    return output.text
  }

  /// Every link leads to an element of the page, and no two elements have one name.
  @Test(arguments: FixtureAnalysis.folders)
  func linksLeadSomewhere(folder: String) throws {
    let page = try page(of: folder)
    let names = page.matches(of: /\ id="([^"]*)"/).map { String($0.output.1) }
    #expect(Set(names).count == names.count)
    for link in page.matches(of: /href="#([^"]*)"/) {
      #expect(names.contains(String(link.output.1)))
    }
    #expect(!page.contains("http://") && !page.contains("https://"))
    #expect(page.utf8.count < 2_000_000)
  }

  @Test func samplesManyPackets() throws {
    let output = Collector()
    let report = HTMLReport(files: TraceBuilder.files, sink: output.sink)
    var lost = TraceBuilder.lost()
    var complete = TraceBuilder.example()
    // Many flows, many places in time: whatever the page has a row, a bar or a card for.
    for number in 1...200_000 as ClosedRange<UInt64> {
      let port = UInt16(truncatingIfNeeded: number)
      if number % 10 == 0 {
        lost.number = number
        lost.hops[0].observation.sourcePort = port
        report.add(lost, points: TraceBuilder.points)
      } else {
        complete.number = number
        complete.hops[0].observation.sourcePort = port
        complete.hops[0].observation.correctedTime += 1_000_000
        complete.hops[1].delay = Int64(number % 100_000)
        report.add(complete, points: TraceBuilder.points)
      }
    }
    report.finish(TraceBuilder.facts(), points: TraceBuilder.points)
    #expect(output.bytes.count < 2_000_000)
    #expect(output.text.contains("A sample: "))
    #expect(output.text.contains("of 200,000 packets. Left out: "))
    #expect(output.text.contains("20,000 of 200,000 packets lost (10.0 %)"))
  }

  /// Long names, many nodes, points, files, flows and findings: still what a ticket takes.
  @Test func staysSmallWhateverItIsOf() throws {
    let long = String(repeating: "n", count: 60)
    let points = TraceBuilder.table((0..<1000).map { ("\(long)\($0 / 10)", "veth<&>\($0)") })
    var facts = TraceBuilder.facts(points: points)
    for point in facts.points.indices {
      facts.points[point].files = (0..<200).map { UInt16($0) }
    }
    facts.findings = (0..<1000).map { number in
      Finding(
        code: .vxlanLostOnWire, severity: .error, confidence: .medium, packets: 2, total: 3,
        summary: "packets leave \(long)", causes: [long, long],
        evidence: (1...3).map { FrameReference(file: 1, frame: UInt64(number * 3 + $0)) },
        checks: [long, long], fix: long)
    }
    let output = Collector()
    let report = HTMLReport(
      files: (0..<200).map { "\(long)\(long)-\($0).pcap" }, sink: output.sink)
    for number in 1...20_000 as ClosedRange<UInt64> {
      let hops = (0..<8).map { hop in
        TraceBuilder.hop(
          TraceBuilder.row(at: UInt16((number * 7 + hop * 131) % 1000)) {
            $0.file = 1
            $0.frame = number
            $0.sourcePort = UInt16(truncatingIfNeeded: number)
          }, delay: 1000)
      }
      var packet = TraceBuilder.trajectory(hops, number: number, outcome: .lost)
      packet.expectedNext = UInt16(number % 1000)
      report.add(packet, points: points)
    }
    report.finish(facts, points: points)
    #expect(output.bytes.count < 2_000_000)
  }

  @Test(arguments: [
    (PacketSelection.none, 0), (.lost, 1), (.first(2), 2), (.all, 3),
  ])
  func showsSelectedPackets(selection: PacketSelection, count: Int) {
    let output = Collector()
    let report = HTMLReport(files: TraceBuilder.files, selection: selection, sink: output.sink)
    for number in 1...3 as ClosedRange<UInt64> {
      var trajectory = number == 3 ? TraceBuilder.lost() : TraceBuilder.example()
      trajectory.number = number
      report.add(trajectory, points: TraceBuilder.points)
    }
    report.finish(TraceBuilder.facts(), points: TraceBuilder.points)
    #expect(output.text.components(separatedBy: "<details ").count - 1 == count)
  }

  @Test func keepsTheSameSampleInEveryRun() throws {
    #expect(try page(of: "demo") == page(of: "demo"))
  }

  @Test func writesAPageWithoutPackets() {
    let output = Collector()
    let report = HTMLReport(files: TraceBuilder.files, sink: output.sink)
    report.finish(TraceBuilder.facts(frames: 0), points: TraceBuilder.points)
    #expect(output.text.contains("<h1>No packets</h1>"))
  }
}
