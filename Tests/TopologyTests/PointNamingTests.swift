import Testing
import Topology

struct PointNamingTests {
  private func point(
    _ word: String, interfaceName: String? = nil, naming: PointNaming = PointNaming()
  ) -> String {
    let input = InputName(word) { _ in false }
    let name = naming.name(of: input, interfaceName: interfaceName)
    return name.node + "/" + (name.interface ?? "-") + (name.warning == nil ? "" : " (guessed)")
  }

  @Test(arguments: [
    ("node1-cni0.pcap", "node1/cni0"),
    ("k3s-w-1-flannel-v6.1.pcap", "k3s-w-1/flannel-v6.1"),
    ("k3s-w-1-flannel.1.pcapng.gz", "k3s-w-1/flannel.1"),
    ("captures/n1-veth11aa.pcap", "n1/veth11aa"),
    ("/var/tmp/node-a-eth0.pcap.zst", "node-a/eth0"),
    ("ip-10-0-0-1-ens5.pcap", "ip-10-0-0-1/ens5"),
    (
      "ip-10-0-0-1.eu-west-1.compute.internal-ens5.cap",
      "ip-10-0-0-1.eu-west-1.compute.internal/ens5"
    ),
    ("worker-1-cali1234abcd.pcap", "worker-1/cali1234abcd"),
    ("w1-pod:eth0.pcap", "w1/pod:eth0"),
    ("n1_cilium_vxlan.pcap", "n1/cilium_vxlan"),
    ("n1.eth0.pcap", "n1/eth0"),
    ("n1-eth0.100.pcap", "n1/eth0.100"),
    ("n1-br-5e4a1c0ffee0.pcap", "n1/br-5e4a1c0ffee0"),
    ("n1-any.pcap", "n1/-"),
    ("n1-any_00001_20250101120000.pcap", "n1/-"),
    ("n1-eth0_00002_20250101120000.pcapng", "n1/eth0"),
    ("n1-veth11aa_00002_20250101120000.pcapng", "n1/veth11aa"),
    ("n1-eth0-2025-01-01_12:00:00.pcap", "n1/eth0"),
    ("n1-eth0.pcap12", "n1/eth0"),
    ("n1-flannel.1.ntar.lz4", "n1/flannel.1"),
    ("n1/cni0.pcap", "n1/cni0"),
    ("./n1/any.pcap", "n1/-"),
    ("cni0.pcap", "node/cni0"),
    ("../cni0.pcap", "node/cni0"),
    ("node1.pcap", "node1/-"),
    ("k3s-w-1.pcap", "k3s-w-1/-"),
    ("10.0.0.1.pcap", "10.0.0.1/-"),
    ("-", "node/-"),
    ("worker-1-foo.pcap", "worker-1/foo (guessed)"),
    ("worker-1-foo_00001_20250101120000.pcap", "worker-1/foo (guessed)"),
    ("n1-\u{1b}[31m.pcap", "n1/\u{fffd}[31m (guessed)"),
    ("-x.pcap", "-x/-"),
    (".pcap", ".pcap/-"),
    ("", "node/-"),
    ("/", "node/-"),
  ])
  func fileNames(path: String, expected: String) {
    #expect(point(path) == expected)
  }

  @Test(arguments: [
    ("node1/cni0=a.pcap", "node1/cni0"),
    ("node1=any.pcap", "node1/-"),
    ("node1=x-cni0.pcap", "node1/cni0"),
    ("node1=some-thing.pcap", "node1/-"),
    ("node1/pod:eth0=-", "node1/pod:eth0"),
    ("node1=-", "node1/-"),
  ])
  func explicitNames(word: String, expected: String) {
    #expect(point(word) == expected)
  }

  @Test(arguments: [
    ("x.pcapng", "node1/cni0", "node1/cni0"),
    ("n1.pcapng", "cni0", "n1/cni0"),
    ("k3s-w-1.pcapng", "cni0", "k3s-w-1/cni0"),
    ("n1-any.pcapng", "flannel.1", "n1/flannel.1"),
    ("n1-net-a.pcapng", "net-a", "n1/net-a"),
    ("n1-trace.pcapng", "cni0", "n1-trace/cni0"),
    ("n1-cni0.pcapng", "-", "n1/cni0"),
    ("n1-cni0.pcapng", "/tmp/fifo", "n1/cni0"),
    ("n1-cni0.pcapng", "", "n1/cni0"),
    ("n1.pcapng", "any", "n1/-"),
    ("n2/veth1=n1.pcapng", "node1/cni0", "n2/veth1"),
    ("n2=n1.pcapng", "cni0", "n2/cni0"),
    ("n1.pcapng", "a\u{1b}b", "n1/a\u{fffd}b"),
    ("n1.pcapng", "</script>", "n1/</script>"),
    ("n1.pcapng", "<b>x</b>", "n1/<b>x</b>"),
    ("n1.pcapng", "k3s-w-1.local/cni0", "k3s-w-1.local/cni0"),
  ])
  func recordedNames(path: String, interfaceName: String, expected: String) {
    #expect(point(path, interfaceName: interfaceName) == expected)
  }

  @Test func knownNamesDecide() {
    let naming = PointNaming(nodes: ["worker-foo"], interfaces: ["net-a"])
    #expect(point("n1-net-a.pcap", naming: naming) == "n1/net-a")
    #expect(point("worker-foo.pcap", naming: naming) == "worker-foo/-")
  }

  @Test func nodeOfAFileWhoseRecordsNameTheirInterfaces() {
    #expect(PointNaming().node(ofFile: "k3s-w-a.pcap") == "k3s-w-a")
    #expect(PointNaming().node(ofFile: "k3s-w-a-any.pcap") == "k3s-w-a")
    #expect(PointNaming().node(ofFile: "any.pcap") == "node")
  }
}
