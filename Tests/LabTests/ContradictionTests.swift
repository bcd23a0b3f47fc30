import Foundation
import Packets
import TestSupport
import Testing
import Topology

extension LabTests {
  /// What is edited in a node's tables is what is found wrong with them, and nothing else.
  struct ContradictionTests {
    /// An edit of node 1's tables, in the words of a shell; `$MAC2`, `$MAC3` and `$OWN` are the VTEPs' MAC
    /// addresses, `$POD` and `$TWIN` namespaces of pods.
    struct Edit: Sendable, CustomTestStringConvertible {
      let code: String?
      let address: String
      let words: String
      var testDescription: String { words }

      init(_ code: String?, _ address: String, _ words: String) {
        self.code = code
        self.address = address
        self.words = words
      }
    }

    static let far = "10.42.2.2"
    static let near = "10.42.1.2"

    static let edits = [
      Edit(nil, far, "true"),
      Edit(nil, near, "true"),
      Edit("fdb-missing", far, "bridge fdb del $MAC2 dev flannel.1"),
      Edit("neighbour-missing", far, "ip neigh del 10.42.2.0 dev flannel.1"),
      Edit(
        "mac-shared", far, "ip neigh replace 10.42.2.0 lladdr $MAC3 dev flannel.1 nud permanent"),
      Edit("mac-own", far, "ip neigh replace 10.42.2.0 lladdr $OWN dev flannel.1 nud permanent"),
      Edit("remote-shared", far, "bridge fdb replace $MAC2 dev flannel.1 dst 172.30.9.13"),
      Edit("remote-own", far, "bridge fdb replace $MAC2 dev flannel.1 dst 172.30.9.11"),
      Edit("remote-unreachable", far, "bridge fdb replace $MAC2 dev flannel.1 dst 192.0.2.9"),
      Edit("route-missing", far, "ip route del 10.42.2.0/24"),
      Edit(
        "route-missing", far, "ip route del 10.42.2.0/24; ip route add default via 172.30.9.12"),
      Edit("route-refuses", far, "ip route replace blackhole 10.42.2.0/24"),
      Edit("interface-down", far, "ip link set flannel.1 down"),
      Edit("mtu-vtep-above-nic", far, "ip link set eth0 mtu 1480"),
      Edit("mtu-pod-above-vtep", near, "ip link set cni0 mtu 1500"),
      Edit("mtu-pod-above-vtep", near, "ip -n $POD link set eth0 mtu 1500"),
      Edit("veth-detached", near, "ip link set veth11aa nomaster"),
      Edit("route-elsewhere", near, "ip route add 10.42.1.2/32 via 10.42.2.0 dev flannel.1 onlink"),
      Edit("pod-twice", near, "ip -n $TWIN addr add 10.42.1.2/24 dev eth0"),
      Edit(
        "neighbour-wrong", near,
        "ip neigh replace 10.42.1.2 lladdr 02:00:00:00:00:99 dev cni0 nud permanent"),
      Edit(
        "fdb-wrong", near,
        "bridge fdb replace $(ip netns exec $POD cat /sys/class/net/eth0/address) dev veth12bb master static"
      ),
      Edit("pod-unseen", "10.42.1.77", "true"),
      Edit("interface-down", near, "ip link set veth11aa down"),
    ]

    @Test(arguments: edits)
    func isFound(edit: Edit) throws {
      try StandingLab.run("three-nodes") { lab in
        try lab.letPodsTalk()
        let node = lab.nodes[0]
        let pods = node.pods.map(\.namespace)
        let macs = lab.nodes.compactMap { $0.vteps["4"]?.mac }
        try node.run(
          "env", "OWN=" + macs[0], "MAC2=" + macs[1], "MAC3=" + macs[2], "POD=" + pods[0],
          "TWIN=" + pods[1], "bash", "-ec", edit.words)
        let address = try #require(IPAddress(edit.address))
        let problems = try PodPathTests.tables(of: node).path(toPod: address).problems
        // A link that is down takes its routes along, and nobody has an FDB entry for its own MAC.
        if edit.code == "interface-down" || edit.code == "mac-own" {
          #expect(problems.map(\.code.rawValue).contains(edit.code ?? ""))
        } else {
          #expect(problems.map(\.code.rawValue) == [edit.code].compactMap(\.self))
        }
      }
    }
  }
}
