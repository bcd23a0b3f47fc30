import Foundation
import Scoring
import TestSupport
import Testing

extension LabTests {
  /// What is said of packets that are missing where a filter may have left them out.
  struct FilteredCaptureTests {
    struct Case: Sendable, CustomTestStringConvertible {
      /// Which packets of node 1 are lost on the wire, in nft's words; nil for none.
      var loss: String?
      /// Of the captures; CLIENT stands for the sender's address.
      let filter: String
      /// Whether the packets go to a service, and not to the pod itself.
      var isToService = false
      let outcomes: [String: Int]
      /// Where those that are not complete were seen last.
      var lastSeen: String?

      var testDescription: String { "\(filter), lost: \(loss ?? "none")" }
    }

    private static let service = "10.43.0.10"

    static let cases = [
      Case(filter: "udp port 5001", outcomes: ["complete": 14]),
      Case(
        loss: "numgen inc mod 7 6", filter: "udp port 5001", outcomes: ["complete": 12, "lost": 2],
        lastSeen: "n1/eth0"),
      // Of the flow nothing is ever seen on the other node.
      Case(loss: "", filter: "udp port 5001", outcomes: ["lost": 14], lastSeen: "n1/eth0"),
      Case(loss: "", filter: "host CLIENT", outcomes: ["lost": 14], lastSeen: "n1/eth0"),
      // Only this point has the service's address: the bridge's netfilter translates.
      Case(
        filter: "host \(service)", isToService: true, outcomes: ["partial": 14],
        lastSeen: "n1/veth11aa"),
      Case(filter: "host CLIENT", isToService: true, outcomes: ["complete": 14]),
    ]

    @Test(arguments: cases)
    func isJudged(of example: Case) throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "vxhop-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let client = try #require(lab.nodes[0].pods[0].addresses["4"])
        if let loss = example.loss { try lose(loss, in: lab) }
        if example.isToService { try addService(in: lab) }
        let filter = example.filter.replacing("CLIENT", with: client)
        let files = lab.nodes.map { folder.appending(path: $0.name + ".pcapng").path }
        let captures = try zip(lab.nodes, files).map { node, file in
          try RunningCommand(
            ["capture", "--all", "--node", node.name, "-w", file, filter], in: node.namespace)
        }
        try lab.send(14, to: example.isToService ? Self.service : nil)
        for capture in captures { #expect(capture.interrupt() == 0, "\(capture.errors)") }
        let trace = try ChildProcess(
          Checkout.program, ["trace", "--format", "json"] + files + ["src host \(client) and udp"])
        try #require(trace.status == 0, "\(trace.errors)")
        let traces = try JSONLines.decode(ReportLine.self, from: trace.output).compactMap(\.trace)
        let outcomes = Dictionary(grouping: traces.compactMap(\.outcome), by: \.self)
        #expect(outcomes.mapValues(\.count) == example.outcomes)
        for trace in traces where trace.outcome != "complete" {
          #expect(trace.lastSeen == example.lastSeen)
        }
      }
    }

    private func lose(_ packets: String, in lab: StandingLab) throws {
      let rules = """
        table bridge loss {
          chain forward {
            type filter hook forward priority 0
            iifname "n1" udp dport 8472 \(packets) drop
          }
        }
        """
      _ = try StandingLab.run(["nft", rules], in: "vxlab-\(lab.name)-wire")
    }

    /// A ClusterIP of which the first pod of the other node is the endpoint, as kube-proxy makes it.
    private func addService(in lab: StandingLab) throws {
      let endpoint = try #require(lab.nodes[1].pods[0].addresses["4"])
      try lab.nodes[0].run(
        "iptables", "-t", "nat", "-A", "PREROUTING", "-d", Self.service, "-p", "udp", "--dport",
        "5001", "-j", "DNAT", "--to-destination", endpoint + ":5001")
    }
  }
}
