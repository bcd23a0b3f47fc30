import Testing
import Topology

struct InterfaceRoleTests {
  @Test(arguments: [
    ("flannel.1", InterfaceRole.vtep), ("flannel-v6.1", .vtep), ("flannel.4096", .vtep),
    ("flannel0", .vtep), ("flannel.ipip", .vtep), ("flannel-wg", .vtep), ("tunl0", .vtep),
    ("vxlan.calico", .vtep), ("vxlan-v6.calico", .vtep), ("cilium_vxlan", .vtep),
    ("antrea-gw0", .vtep), ("vxlan_sys_4789", .vtep), ("vxlan100", .vtep),
    ("cni0", .bridge), ("cbr0", .bridge), ("docker0", .bridge), ("br-5e4a1c0ffee0", .bridge),
    ("br0", .bridge), ("virbr0", .bridge), ("br-int", .bridge),
    ("veth11aa", .veth), ("veth-web-0", .veth), ("vethwe-bridge", .veth),
    ("cali1234abcd", .veth), ("lxc8a1f0d2e", .veth), ("azv1a2b3c4d5e6", .veth),
    ("eni0f1e2d3c4b5", .veth),
    ("pod:eth0", .pod), ("pod:net1", .pod),
    ("eth0", .nic), ("eth0.100", .nic), ("ens5", .nic), ("eno1", .nic), ("enp3s0f0np0", .nic),
    ("enP4p65s0", .nic), ("enx001122334455", .nic), ("em1", .nic), ("bond0", .nic),
    ("bond0.4094", .nic), ("wlan0", .nic), ("ib0", .nic), ("vlan100", .nic),
    ("lo", .unknown), ("any", .unknown), ("", .unknown), ("flannel.", .unknown),
    ("flannel.x", .unknown), ("calico", .unknown), ("ethernet", .unknown), ("veth", .unknown),
    ("pod:", .unknown), ("if7", .unknown), ("veth\u{1b}[31m", .unknown),
  ])
  func comesFromTheName(name: String, expected: InterfaceRole) {
    #expect(role(ofInterfaceNamed: name) == expected)
  }

  @Test func namesAreThoseOfTheReports() {
    let names = InterfaceRole.allCases.map(\.name)
    #expect(names == ["unknown", "pod", "veth", "bridge", "vtep", "nic"])
  }

  @Test func pointIsCertainOfAKindButNotOfACommonName() {
    let guessed = ObservationPoint(node: 0, nodeName: "n1", interface: "eth0")
    #expect(guessed.name == "n1/eth0")
    #expect(guessed.role == .nic && !guessed.roleIsCertain)
    let known = ObservationPoint(node: 0, nodeName: "n1", interface: "eth0", kind: .nic)
    #expect(known.role == .nic && known.roleIsCertain)
    let bridge = ObservationPoint(node: 0, nodeName: "n1", interface: "cni0", kind: .unknown)
    #expect(bridge.role == .bridge && bridge.roleIsCertain)
    let pod = ObservationPoint(node: 1, nodeName: "n2", interface: "pod:eth0")
    #expect(pod.name == "n2/pod:eth0" && pod.role == .pod && pod.roleIsCertain)
  }
}
