import Foundation
import Testing

@testable import Reports
@testable import Trajectories

@Suite struct JSONTraceTests {
  private func line(_ trajectory: Trajectory) -> String {
    let output = Collector()
    let report = JSONReport(files: TraceBuilder.files, sink: output.sink)
    report.add(trajectory, points: TraceBuilder.points)
    report.finish(TraceBuilder.facts(), points: TraceBuilder.points)
    return output.lines.first ?? ""
  }

  private func parsed(_ trajectory: Trajectory) throws -> NSDictionary {
    try json(line(trajectory))
  }

  /// The example of the output contract, members in its order.
  @Test func contractExample() {
    let expected = """
      {"type":"trace","id":"0000000000000001",
       "packet":{"scope":"pod","protocol":"udp","source":"10.42.1.2","source_port":59048,\
      "destination":"10.42.2.2","destination_port":5001,\
      "source_name":null,"destination_name":null,
                 "ip_id":52608,"sequence":null,"length":228,"fragment":null},
       "outcome":"complete","delivered":true,"reasons":[],"loss_evidence":null,
       "last_seen":"n1/ens5","expected_next":null,
       "confidence":"exact","ambiguous":false,"retransmission_of":null,"provisional":false,
       "hops":[
        {"kind":"path","point":"n1/veth11aa","node":"n1","interface":"veth11aa","role":"veth",
         "file":"n1-veth11aa.pcap","frame":12,"time":"1763823788.349061000",
         "corrected_time":"1763823788.349061000",
         "ttl":64,"ip_id":52608,"source":"10.42.1.2","source_port":59048,\
      "destination":"10.42.2.2","destination_port":5001,\
      "source_name":null,"destination_name":null,
         "length":228,"segment":null,"outer":null,"delay_ns":null,"delay_error_ns":null,"changes":[]},
        {"kind":"path","point":"n1/ens5","node":"n1","interface":"ens5","role":"nic",
         "file":"n1-ens5.pcap","frame":9,"time":"1763823788.349091000",
         "corrected_time":"1763823788.349091000",
         "ttl":63,"ip_id":52608,"source":"10.42.1.2","source_port":59048,\
      "destination":"10.42.2.2","destination_port":5001,\
      "source_name":null,"destination_name":null,
         "length":228,"segment":null,
         "outer":{"encapsulation":"vxlan","source":"172.30.9.11","destination":"172.30.9.12",\
      "source_port":40880,
                  "destination_port":8472,"vni":1,"ip_id":60614,\
      "source_name":null,"destination_name":null},
         "delay_ns":30000,"delay_error_ns":1000,
         "changes":[{"field":"ttl","from":"64","to":"63"},\
      {"field":"encapsulation","from":null,"to":"vxlan 1"}]}]}
      """
    let compact = expected.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
    #expect(line(TraceBuilder.example()) == compact)
  }

  @Test func lostPacket() throws {
    let trace = try parsed(TraceBuilder.lost(evidence: .inferred))
    #expect(trace["outcome"] as? String == "lost")
    #expect(trace["delivered"] as? Bool == false)
    #expect(trace["loss_evidence"] as? String == "inferred")
    #expect(trace["last_seen"] as? String == "n1/ens5")
    #expect(trace["expected_next"] as? String == "n2/ens5")
    #expect(trace["id"] as? String == "0000000000000002")
  }

  @Test func partialPacketWithReasons() throws {
    var trajectory = TraceBuilder.example()
    trajectory.outcome = .partial
    trajectory.delivered = nil
    trajectory.confidence = .weak
    trajectory.isAmbiguous = true
    trajectory.isProvisional = true
    trajectory.retransmissionOf = 0xabcd
    trajectory.scope = .underlay
    trajectory.reasons = [
      .init(point: 1, code: .missed), .init(point: 4, code: .notRecording),
      .init(point: nil, code: .pathUnknown), .init(point: 4, code: .captureDrops),
      .init(point: 4, code: .filtered), .init(point: 4, code: .truncated),
    ]
    let trace = try parsed(trajectory)
    #expect(trace["outcome"] as? String == "partial")
    #expect(trace["delivered"] is NSNull)
    #expect(trace["confidence"] as? String == "weak")
    #expect(trace["ambiguous"] as? Bool == true)
    #expect(trace["provisional"] as? Bool == true)
    #expect(trace["retransmission_of"] as? String == "000000000000abcd")
    let expected: NSArray = [
      ["point": "n1/cni0", "reason": "missed"], ["point": "n2/ens5", "reason": "not-recording"],
      ["point": NSNull(), "reason": "path-unknown"],
      ["point": "n2/ens5", "reason": "capture-drops"], ["point": "n2/ens5", "reason": "filtered"],
      ["point": "n2/ens5", "reason": "truncated"],
    ]
    #expect(trace["reasons"] as? NSArray == expected)
  }

  @Test func notJudgedIsNull() throws {
    let row = TraceBuilder.row(at: 0)
    let trace = try parsed(
      TraceBuilder.trajectory([TraceBuilder.hop(row)], outcome: .notJudged))
    #expect(trace["outcome"] is NSNull)
    #expect(trace["confidence"] is NSNull)
  }

  private func packet(_ change: (inout Observation) -> Void) throws -> NSDictionary {
    let row = TraceBuilder.row(at: 0, change)
    let trace = try parsed(TraceBuilder.trajectory([TraceBuilder.hop(row)]))
    return trace["packet"] as? NSDictionary ?? [:]
  }

  @Test func tcpHasItsSequence() throws {
    let packet = try packet {
      $0.transportProtocol = 6
      $0.sequence = 4_294_967_295
    }
    #expect(packet["protocol"] as? String == "tcp")
    #expect(packet["sequence"] as? Int == 4_294_967_295)
  }

  @Test func sequenceThatWasNotCapturedIsNull() throws {
    let packet = try packet {
      $0.transportProtocol = 6
      $0.identity = 0
    }
    #expect(packet["sequence"] is NSNull)
  }

  @Test func icmpHasNoPorts() throws {
    let packet = try packet {
      $0.transportProtocol = 1
      $0.traits = [.isIdentityComplete]
      $0.identification = 0
    }
    #expect(packet["protocol"] as? String == "icmp")
    #expect(packet["source_port"] is NSNull)
    #expect(packet["destination_port"] is NSNull)
    #expect(packet["ip_id"] as? Int == 0)
  }

  @Test func ipv6HasNoIdentification() throws {
    let packet = try packet {
      $0.source = TraceBuilder.address("fd00:10:42:1::2")
      $0.destination = TraceBuilder.address("fd00:10:42:2::2")
      $0.traits.insert(.isIPv6)
      $0.transportProtocol = 58
      $0.identification = 0
    }
    #expect(packet["protocol"] as? String == "icmpv6")
    #expect(packet["source"] as? String == "fd00:10:42:1::2")
    #expect(packet["ip_id"] is NSNull)
  }

  @Test(arguments: [(132, "sctp"), (89, "89"), (0, "0"), (255, "255")])
  func otherProtocols(number: UInt8, name: String) throws {
    let packet = try packet {
      $0.transportProtocol = number
      $0.traits = []
    }
    #expect(packet["protocol"] as? String == name)
  }

  @Test func fragment() throws {
    let packet = try packet {
      $0.traits = [.isFragment, .hasMoreFragments]
      $0.fragmentIdentification = 52608
      $0.fragmentOffset = 1480
    }
    #expect(packet["fragment"] as? NSDictionary == ["id": 52608, "offset": 1480, "more": true])
    #expect(packet["source_port"] is NSNull)
  }

  @Test(arguments: [
    (Int64(0), "0.000000000"), (999_999_999, "0.999999999"), (-1_500_000_000, "-1.500000000"),
    (Int64.max, "9223372036.854775807"),
  ])
  func times(time: Int64, text: String) throws {
    let row = TraceBuilder.row(at: 0, time: time)
    let trace = try parsed(TraceBuilder.trajectory([TraceBuilder.hop(row)]))
    let hops = trace["hops"] as? [NSDictionary]
    #expect(hops?.first?["time"] as? String == text)
  }
}
