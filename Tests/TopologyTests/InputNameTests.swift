import Testing
import Topology

struct InputNameTests {
  @Test(
    arguments: [
      ("node1/cni0=a.pcap", "node1", "cni0", "a.pcap"),
      ("node1=any.pcap", "node1", nil, "any.pcap"),
      ("node1/any=a.pcap", "node1", nil, "a.pcap"),
      ("k3s-w-1.lan/flannel.1=dir/a=b.pcap", "k3s-w-1.lan", "flannel.1", "dir/a=b.pcap"),
      ("n1/pod:eth0=-", "n1", "pod:eth0", "-"),
      ("a.pcap", nil, nil, "a.pcap"),
      ("-", nil, nil, "-"),
      ("./x=1.pcap", nil, nil, "./x=1.pcap"),
      ("/tmp/x=1.pcap", nil, nil, "/tmp/x=1.pcap"),
      ("a/b/c=1.pcap", nil, nil, "a/b/c=1.pcap"),
      ("n1/=1.pcap", nil, nil, "n1/=1.pcap"),
      ("n1/cni0=", nil, nil, "n1/cni0="),
      ("=a.pcap", nil, nil, "=a.pcap"),
      ("n 1=a.pcap", nil, nil, "n 1=a.pcap"),
      ("n1/a\u{1b}=a.pcap", nil, nil, "n1/a\u{1b}=a.pcap"),
    ] as [(String, String?, String?, String)])
  func words(word: String, node: String?, interface: String?, path: String) {
    let name = InputName(word) { _ in false }
    #expect(name.node == node)
    #expect(name.interface == interface)
    #expect(name.path == path)
  }

  @Test func aFileOfThatNameIsTheFile() {
    let name = InputName("node1/cni0=a.pcap") { $0 == "node1/cni0=a.pcap" }
    #expect(name.path == "node1/cni0=a.pcap")
    #expect(name.node == nil)
  }
}
