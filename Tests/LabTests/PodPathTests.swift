import Foundation
import Netlink
import Packets
import TestSupport
import Testing
import Topology

extension LabTests {
  /// Where every pod is, seen from every node, is what the lab was built like.
  struct PodPathTests {
    @Test(arguments: [
      "clean", "three-nodes", "ipv6", "host-gw", "direct-routing", "calico", "canal",
    ])
    func everyPodIsFoundFromEveryNode(scenario: String) throws {
      try StandingLab.run(scenario) { lab in
        try lab.letPodsTalk()
        for node in lab.nodes {
          var tables = try Self.tables(of: node)
          expectTruth(lab, node, tables)
          // The same without a look into the pods, as from an unprivileged user's tables.
          tables.namespaces = []
          expectTruth(lab, node, tables)
        }
      }
    }

    static func tables(of node: StandingLab.Node) throws -> NodeSnapshot {
      try NetworkNamespace(path: "/run/netns/" + node.namespace).run {
        try NodeSnapshot.ofThisNode()
      }
    }

    private func expectTruth(
      _ lab: StandingLab, _ node: StandingLab.Node, _ tables: NodeSnapshot
    ) {
      for family in lab.families.map(String.init) {
        for home in lab.nodes {
          for pod in home.pods {
            guard let text = pod.addresses[family], let address = IPAddress(text) else { continue }
            let path = tables.path(toPod: address)
            let points = path.points.map(\.interface)
            if home.name == node.name {
              let inside = tables.namespaces.isEmpty ? [] : ["pod:eth0"]
              #expect(path.place == .here)
              #expect(points == inside + lab.points(from: pod, on: node, family))
            } else {
              let isDirect = lab.isDirect(from: node, to: home)
              let vteps = isDirect ? [] : [node.vteps[family]?.interface].compactMap(\.self)
              #expect(path.place == .elsewhere)
              #expect(points == vteps + [node.nic])
              #expect(path.remote == home.underlay[family].flatMap { IPAddress($0) })
              let mac = isDirect ? nil : home.vteps[family].flatMap { MACAddress($0.mac) }
              #expect(path.neighbour?.mac == mac)
              #expect(path.forwardingEntries.map(\.mac) == [mac].compactMap(\.self))
            }
          }
        }
      }
    }
  }
}

extension StandingLab {
  /// The node's interfaces from a pod's veth to the wire.
  func points(from pod: Pod, on node: Node, _ family: String) -> [String] {
    [pod.veth, node.bridge, node.vteps[family]?.interface, node.nic].compactMap(\.self)
  }
}
