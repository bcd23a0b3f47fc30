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

  @Test(arguments: ["a<script>alert(1)</script>", "x\u{1b}[2Jy", "=1+1", "q\"uote,;#\n-->"])
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
  }
}
