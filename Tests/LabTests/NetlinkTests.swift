import Foundation
import Netlink
import Packets
import TestSupport
import Testing
import Topology

extension LabTests {
  /// What libnl reads from the kernel is what iproute2 prints of it.
  struct NetlinkTests {
    @Test(arguments: ["ipv6", "calico", "host-gw"])
    func tablesAreThoseThatTheKernelsToolsPrint(scenario: String) throws {
      try StandingLab.run(scenario) { lab in
        try lab.letPodsTalk()
        for node in lab.nodes {
          let read = try NetworkNamespace(path: "/run/netns/" + node.namespace).run {
            try NodeSnapshot.ofThisNode()
          }
          var printed = NodeSnapshot()
          for command in [
            ["ip", "-j", "-d", "address"], ["ip", "-j", "neighbour"], ["bridge", "-j", "fdb"],
            ["ip", "-j", "route", "show", "table", "all"],
            ["ip", "-j", "-6", "route", "show", "table", "all"],
          ] {
            let json = try StandingLab.run(command, in: node.namespace)
            if !json.isEmpty { try printed.add(json: json, source: command.joined(separator: " ")) }
          }
          #expect(Self.difference(read.links, printed.links) == [])
          #expect(Self.difference(read.addresses, printed.addresses) == [])
          let neighbours = (read.neighbours.map(\.settled), printed.neighbours.map(\.settled))
          #expect(Self.difference(neighbours.0, neighbours.1) == [])
          #expect(Self.difference(read.forwardingEntries, printed.forwardingEntries) == [])
          #expect(Self.difference(read.routes, printed.routes) == [])
          #expect(!read.routes.isEmpty && !read.neighbours.isEmpty)
        }
      }
    }

    /// What only one of two tables has, in words; their order says nothing.
    private static func difference<Row>(_ read: [Row], _ printed: [Row]) -> Set<String> {
      Set(read.map { "\($0)" }).symmetricDifference(printed.map { "\($0)" })
    }
  }
}

extension Neighbour {
  /// States change by the second; whether there is a neighbour, and which, does not.
  fileprivate var settled: Neighbour {
    var settled = self
    if states != ["PERMANENT"] { settled.states = [] }
    return settled
  }
}
