import Foundation
import Packets
import Testing
import Trajectories

@testable import Reports

@Suite struct JSONChangesTests {
  private func hops(_ hops: [Hop]) throws -> [NSDictionary] {
    let output = Collector()
    let report = JSONReport(files: TraceBuilder.files, sink: output.sink)
    report.add(TraceBuilder.trajectory(hops), points: TraceBuilder.points)
    report.finish(TraceBuilder.facts(), points: TraceBuilder.points)
    return try json(output.lines.first ?? "")["hops"] as? [NSDictionary] ?? []
  }

  private func changes(_ change: (inout Observation) -> Void) throws -> NSArray? {
    let first = TraceBuilder.hop(TraceBuilder.row(at: 0))
    let second = TraceBuilder.hop(TraceBuilder.row(at: 1, change), delay: -2, error: 1)
    return try hops([first, second]).last?["changes"] as? NSArray
  }

  @Test func translation() throws {
    let changes = try changes {
      $0.source = TraceBuilder.address("10.42.1.1")
      $0.sourcePort = 1
      $0.destination = TraceBuilder.address("10.42.9.9")
      $0.destinationPort = 65_535
    }
    let expected: NSArray = [
      ["field": "source", "from": "10.42.1.2", "to": "10.42.1.1"],
      ["field": "source_port", "from": "59048", "to": "1"],
      ["field": "destination", "from": "10.42.2.2", "to": "10.42.9.9"],
      ["field": "destination_port", "from": "5001", "to": "65535"],
    ]
    #expect(changes == expected)
  }

  @Test func trafficClassLengthAndIdentifier() throws {
    let changes = try changes {
      $0.trafficClass = 46 << 2 | 3
      $0.icmpIdentifier = 7
      $0.length = 100
    }
    let expected: NSArray = [
      ["field": "dscp", "from": "0", "to": "46"], ["field": "ecn", "from": "0", "to": "3"],
      ["field": "icmp_id", "from": "0", "to": "7"],
      ["field": "length", "from": "228", "to": "100"],
    ]
    #expect(changes == expected)
  }

  @Test func outOfTheTunnel() throws {
    let inside = TraceBuilder.row(at: 3) { TraceBuilder.tunnelled(&$0) }
    let other = TraceBuilder.row(at: 4) {
      TraceBuilder.tunnelled(&$0)
      $0.vni = 16_777_215
    }
    let outside = TraceBuilder.row(at: 5)
    let hops = try hops([inside, other, outside].map { TraceBuilder.hop($0) })
    #expect(
      hops[1]["changes"] as? NSArray
        == [["field": "encapsulation", "from": "vxlan 1", "to": "vxlan 16777215"]])
    #expect(
      hops[2]["changes"] as? NSArray
        == [["field": "encapsulation", "from": "vxlan 16777215", "to": NSNull()]])
    #expect(hops[2]["outer"] is NSNull)
  }

  /// Changes and delays are between hops of the path; what stands between them has none.
  @Test func copiesHaveNoChanges() throws {
    let rows = (0..<4).map { index in
      TraceBuilder.row(at: UInt16(index)) { $0.timeToLive = 64 - UInt8(index) }
    }
    let kinds: [Hop.Kind] = [.path, .bridgeCopy, .duplicate, .path]
    let hops = try hops(
      zip(rows, kinds).map { TraceBuilder.hop($0, delay: $1 == .path ? 5 : nil, kind: $1) })
    #expect(hops.map { $0["kind"] as? String } == ["path", "bridge-copy", "duplicate", "path"])
    #expect(hops[1]["changes"] as? NSArray == [])
    #expect(hops[1]["delay_ns"] is NSNull)
    #expect(hops[3]["changes"] as? NSArray == [["field": "ttl", "from": "64", "to": "61"]])
  }

  @Test func negativeDelayStays() throws {
    let first = TraceBuilder.hop(TraceBuilder.row(at: 0))
    let second = TraceBuilder.hop(TraceBuilder.row(at: 1), delay: -1234, error: 1000)
    #expect(try hops([first, second])[1]["delay_ns"] as? Int == -1234)
  }

  @Test func outerIPv6HasNoIdentification() throws {
    let row = TraceBuilder.row(at: 3) {
      TraceBuilder.tunnelled(&$0)
      $0.tunnelSource = TraceBuilder.address("fd00::1")
      $0.tunnelDestination = TraceBuilder.address("fd00::2")
    }
    let outer = try hops([TraceBuilder.hop(row)])[0]["outer"] as? NSDictionary
    #expect(outer?["source"] as? String == "fd00::1")
    #expect(outer?["ip_id"] is NSNull)
  }

  /// What a tunnel does not have is null: a number, ports.
  @Test(arguments: [
    (Encapsulation.geneve, "geneve 5", 5 as Int?, 6081 as Int?),
    (.vxlanGPE, "vxlan-gpe 5", 5, 6081),
    (.gre, "gre 5", 5, nil), (.ipip, "ipip", nil, nil), (.flannelUDP, "flannel-udp", nil, 6081),
  ])
  func otherTunnels(
    encapsulation: Encapsulation, name: String, identifier: Int?, port: Int?
  ) throws {
    let plain = TraceBuilder.hop(TraceBuilder.row(at: 0))
    let tunnelled = TraceBuilder.hop(
      TraceBuilder.row(at: 3) {
        TraceBuilder.tunnelled(&$0)
        $0.encapsulation = encapsulation
        $0.vni = 5
        $0.tunnelDestinationPort = 6081
      })
    let hop = try hops([plain, tunnelled])[1]
    let outer = hop["outer"] as? NSDictionary
    #expect(outer?["vni"] as? Int == identifier)
    #expect(outer?["destination_port"] as? Int == port)
    #expect(
      hop["changes"] as? NSArray
        == [["field": "encapsulation", "from": NSNull(), "to": name]])
  }
}
