import Foundation
import Packets
import TestSupport
import Testing

@testable import Reports
@testable import Topology
@testable import Trajectories

/// Names of pods and nodes beside the addresses, in every format.
@Suite struct AddressNamesTests {
  private func names(source: String = "default/web-0") -> AddressNames {
    var cluster = Cluster()
    cluster.insert(source, at: TraceBuilder.address("10.42.1.2"), node: "n1")
    cluster.insert("default/db-0", at: TraceBuilder.address("10.42.2.2"), node: "n2")
    cluster.insert(
      Cluster.Node(name: "node-1", addresses: [TraceBuilder.address("172.30.9.11")]))
    return AddressNames(cluster)
  }

  private func text(_ make: (OutputSink) -> some TraceReport) -> String {
    let output = Collector()
    let report = make(output.sink)
    report.add(TraceBuilder.lost(), points: TraceBuilder.points)
    report.add(TraceBuilder.lost(number: 3), points: TraceBuilder.points)
    report.finish(TraceBuilder.facts(), points: TraceBuilder.points)
    return output.text
  }

  /// As the output contract has it.
  @Test func textReport() {
    let text = text {
      TextReport(files: TraceBuilder.files, addresses: names(), selection: .all, sink: $0)
    }
    #expect(
      text.contains("UDP  default/web-0 10.42.1.2:59048 → default/db-0 10.42.2.2:5001   id 52608"))
    #expect(text.contains("in VXLAN 1, node-1 172.30.9.11 → 172.30.9.12:8472"))
    #expect(text.contains("udp default/web-0 10.42.1.2:59048 → default/db-0 10.42.2.2:5001"))
  }

  @Test func jsonReport() throws {
    let text = text { JSONReport(files: TraceBuilder.files, addresses: names(), sink: $0) }
    let trace = try json(text.split(separator: "\n").first.map(String.init) ?? "")
    let packet = try #require(trace["packet"] as? NSDictionary)
    #expect(packet["source"] as? String == "10.42.1.2")
    #expect(packet["source_name"] as? String == "default/web-0")
    #expect(packet["destination_name"] as? String == "default/db-0")
    let hops = try #require(trace["hops"] as? [NSDictionary])
    #expect(hops.allSatisfy { $0["source_name"] as? String == "default/web-0" })
    let outer = try #require(hops.last?["outer"] as? NSDictionary)
    #expect(outer["source_name"] as? String == "node-1")
    #expect(outer["destination_name"] is NSNull)
  }

  @Test func pageDiagramAndTable() {
    let ends = "default/web-0 10.42.1.2:59048"
    #expect(
      text { HTMLReport(files: TraceBuilder.files, addresses: names(), sink: $0) }
        .contains("\(ends) → default/db-0 10.42.2.2:5001"))
    #expect(
      text { MermaidReport(files: TraceBuilder.files, addresses: names(), sink: $0) }
        .contains("default/web-0 10.42.1.2"))
    let rows = text { CSVReport(files: TraceBuilder.files, addresses: names(), sink: $0) }
      .split(separator: "\r\n")
    #expect(rows[0].hasSuffix(",source_name,destination_name"))
    #expect(rows[1].hasSuffix(",default/web-0,default/db-0"))
    #expect(
      text { OTLPReport(files: TraceBuilder.files, addresses: names(), sink: $0) }
        .contains("\"vxhop.source.name\",\"value\":{\"stringValue\":\"default/web-0\"}"))
  }

  static let hostile = [
    "a<script>alert(1)</script>", "x\u{1b}[2Jy", "=1+1", "q\"uote,;#\n-->", "turned\u{202e}round",
    String(repeating: "long-", count: 20_000),
  ]

  @Test(arguments: hostile)
  func hostileNames(_ name: String) throws {
    let names = names(source: name)
    let page = text { HTMLReport(files: TraceBuilder.files, addresses: names, sink: $0) }
    #expect(!page.contains("<script>alert"))
    let report = text {
      TextReport(files: TraceBuilder.files, addresses: names, selection: .all, sink: $0)
    }
    #expect(!report.contains("\u{1b}"))
    let line = text { JSONReport(files: TraceBuilder.files, addresses: names, sink: $0) }
      .split(separator: "\n").first
    let packet = try json(String(try #require(line)))["packet"] as? NSDictionary
    #expect(packet?["source_name"] as? String == name)
    let table = text { CSVReport(files: TraceBuilder.files, addresses: names, sink: $0) }
    #expect(!table.contains(",=1+1"))
    #expect(table.split(separator: "\r\n").count == 5)
    let diagram = text { MermaidReport(files: TraceBuilder.files, addresses: names, sink: $0) }
    #expect(!diagram.contains("\u{1b}") && !diagram.contains("\n-->") && !diagram.contains("#\n"))
    let request = text { OTLPReport(files: TraceBuilder.files, addresses: names, sink: $0) }
    #expect(request.unicodeScalars.allSatisfy { $0 == "\n" || !steers($0) })
    _ = try json(request)
  }

  /// A name that is longer than a line leaves the addresses in the table of flows whole.
  @Test func longNames() {
    let names = names(source: String(repeating: "long-", count: 20_000))
    let report = text {
      TextReport(files: TraceBuilder.files, addresses: names, selection: nil, sink: $0)
    }
    let flow = report.split(separator: "\n").first { $0.contains("udp long-") }
    #expect(flow?.contains(" 10.42.1.2:59048 → ") == true)
    #expect(flow?.contains(" 10.42.2.2:5001 ") == true)
    #expect(flow.map(\.count) ?? 0 <= 100)
  }

  /// Where a pod is: the name from Kubernetes, the node's from the command line.
  @Test(arguments: hostile)
  func hostileNamesInAnswers(_ name: String) throws {
    let address = TraceBuilder.address("10.42.1.2")
    let answer = WhereAnswer(
      node: name, pod: nil, addresses: names(source: name),
      path: NodeSnapshot().path(toPod: address))
    func text(isJSON: Bool) -> String {
      let output = Collector()
      var report = WhereReport(isJSON: isJSON, hasColor: false, sink: output.sink)
      report.add(answer)
      return output.text
    }
    #expect(text(isJSON: false).unicodeScalars.allSatisfy { $0 == "\n" || !steers($0) })
    let line = text(isJSON: true)
    #expect(line.unicodeScalars.allSatisfy { $0 == "\n" || !steers($0) })
    let object = try json(line)
    #expect(object["name"] as? String == name)
    #expect(object["node"] as? String == name)
  }

  private func steers(_ scalar: Unicode.Scalar) -> Bool {
    [.control, .format].contains(scalar.properties.generalCategory)
  }
}
