import Foundation
import Testing
import Trajectories

@testable import Reports

@Suite struct HostileNameTests {
  static let names = [
    "plain", "quo\"te", "back\\slash", "line\nbreak\r\ttab", "nul\u{0}", "esc\u{1b}[31mred",
    "del\u{7f}", "c1\u{9b}31m", "rtl\u{202e}txt", "emoji🦀", "e\u{301}",
    String(decoding: [0x66, 0xff, 0xc3, 0x28] as [UInt8], as: UTF8.self),
    String(repeating: "long/", count: 30_000),
  ]

  @Test(arguments: names)
  func jsonReadsBackAsItWas(name: String) throws {
    let output = Collector()
    let points = TraceBuilder.table([(name, name)])
    let report = JSONReport(files: [name], sink: output.sink)
    let hop = TraceBuilder.hop(TraceBuilder.row(at: 0))
    report.add(TraceBuilder.trajectory([hop]), points: points)
    report.finish(TraceBuilder.facts(points: points), points: points)
    let hops = try output.objects().first?["hops"] as? [[String: Any]]
    #expect(hops?.first?["file"] as? String == name)
    #expect(hops?.first?["node"] as? String == name)
    #expect(hops?.first?["point"] as? String == name + "/" + name)
    #expect(output.text.unicodeScalars.allSatisfy { $0 == "\n" || !isControl($0) })
    #expect(!output.text.unicodeScalars.contains("\u{202e}"))
  }

  @Test(arguments: names.dropLast())
  func textCannotSteerATerminal(name: String) {
    let output = Collector()
    let points = TraceBuilder.table([(name, name), ("n2", "eth0")])
    let report = TextReport(files: [name, "b"], selection: .all, sink: output.sink)
    var lost = TraceBuilder.trajectory(
      [TraceBuilder.hop(TraceBuilder.row(at: 0))], outcome: .lost)
    lost.expectedNext = 1
    report.add(lost, points: points)
    report.add(lost, points: points)
    report.finish(TraceBuilder.facts(points: points), points: points)
    #expect(output.text.unicodeScalars.allSatisfy { $0 == "\n" || !isControl($0) })
    #expect(!output.text.unicodeScalars.contains("\u{202e}"))
  }

  /// In every other format too nothing of a name's turns text around or begins a line of its own.
  @Test(arguments: names)
  func noFormatPassesOnWhatSteers(name: String) {
    let points = TraceBuilder.table([(name, name), (name + "2", "eth0")])
    let files = [name, "b"]
    let formats: [(OutputSink) -> any TraceReport] = [
      { HTMLReport(files: files, sink: $0) }, { CSVReport(files: files, sink: $0) },
      { MermaidReport(files: files, selection: .all, sink: $0) },
      { OTLPReport(files: files, selection: .all, sink: $0) },
    ]
    let lines = formats.map { format in
      let output = Collector()
      let report = format(output.sink)
      var lost = TraceBuilder.trajectory(
        [TraceBuilder.hop(TraceBuilder.row(at: 0))], outcome: .lost)
      lost.expectedNext = 1
      report.add(lost, points: points)
      report.finish(TraceBuilder.facts(points: points), points: points)
      let isCSV = report is CSVReport
      #expect(
        output.text.unicodeScalars.allSatisfy {
          $0 == "\n" || isCSV && $0 == "\r" || !isControl($0)
        })
      #expect(!output.text.unicodeScalars.contains("\u{202e}"))
      return output.bytes.count { $0 == UInt8(ascii: "\n") }
    }
    // A header and a row; a request.
    #expect(lines[1] == 2 && lines[3] == 1)
  }

  @Test(arguments: [
    ("esc\u{1b}[0m", "esc\\x1b[0m"), ("a\nb", "a\\x0ab"), ("rtl\u{202e}", "rtl\\u{202e}"),
    ("n1/cni0", "n1/cni0"), ("käse", "käse"),
  ])
  func escapes(text: String, escaped: String) {
    #expect(TerminalText.escaped(text) == escaped)
  }

  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }
}
