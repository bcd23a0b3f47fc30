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
