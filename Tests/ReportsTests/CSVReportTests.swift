import Foundation
import TestSupport
import Testing

@testable import Reports
@testable import Trajectories

@Suite struct CSVReportTests {
  /// The table as Python's csv module reads it, a dictionary a row.
  private func rows(of text: [UInt8]) throws -> [[String: String]] {
    let script = "import csv,json,sys; json.dump(list(csv.DictReader(sys.stdin)), sys.stdout)"
    let process = try ChildProcess("python3", ["-c", script], input: text)
    try #require(process.status == 0, "\(process.errors)")
    return try JSONDecoder().decode([[String: String]].self, from: process.output)
  }

  /// A row for each hop, with the values of the JSON report.
  @Test(arguments: FixtureAnalysis.folders)
  func hasWhatTheJSONHas(folder: String) throws {
    let files = try FixtureAnalysis.captures(of: folder)
    let (table, lines) = (Collector(), Collector())
    let analysis = FixtureAnalysis.analysis(of: files)
    let json = JSONReport(files: files, sink: lines.sink)
    let csv = CSVReport(files: files, sink: table.sink)
    analysis.run {
      json.add($0, points: $1)
      csv.add($0, points: $1)
    }
    json.finish(AnalysisFacts(of: analysis), points: analysis.table)
    csv.finish(AnalysisFacts(of: analysis), points: analysis.table)
    let hops = try lines.objects().flatMap { $0["hops"] as? [[String: Any]] ?? [] }
    let rows = try rows(of: table.bytes)
    try #require(rows.count == hops.count)
    for (row, hop) in zip(rows, hops) {
      for field in [
        "kind", "point", "node", "interface", "role", "file", "frame", "time", "source",
        "source_port", "destination", "destination_port", "ip_id", "ttl", "length", "delay_ns",
        "delay_error_ns", "corrected_time",
      ] {
        let value = hop[field].flatMap { $0 is NSNull ? nil : "\($0)" } ?? ""
        #expect(row[field] == value)
      }
    }
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-1", "'-1"),
    ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "\\x09=1"), ("\r=1", "\\x0d=1"), ("a=1", "a=1"),
    ("quo\"te", "quo\"te"), ("a,b", "a,b"), ("a\nb", "a\\x0ab"), ("＝1", "'＝1"), ("", ""),
  ])
  func isNoFormula(name: String, read: String) throws {
    let header = Array("field,other\r\n".utf8)
    let rows = try rows(of: header + CSVText.field(name) + Array(",\r\n".utf8))
    #expect(rows.first?["field"] == read)
  }
}
