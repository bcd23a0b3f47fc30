import Foundation
import TestSupport
import Testing
import Topology

@testable import Netlink

/// The pods of processes, by files as kubelet and container runtimes leave them.
struct PodSearchTests {
  private static let uid = "0b0e2f1c-9d3a-4c5e-8f7a-123456789abc"
  private static let underscored = "0b0e2f1c_9d3a_4c5e_8f7a_123456789abc"
  private static let container = "cri-containerd-" + String(repeating: "5e", count: 32) + ".scope"

  @Test(
    arguments: [
      (
        "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod\(underscored).slice/\(container)\n",
        uid
      ),
      ("0::/kubepods.slice/kubepods-pod\(underscored).slice/\(container)\n", uid),
      ("11:memory:/kubepods/burstable/pod\(uid)/\(String(repeating: "5e", count: 32))\n", uid),
      (
        "1:name=systemd:/system.slice/containerd.service/kubepods-pod\(underscored).slice:cri-containerd:5e\n",
        uid
      ),
      (
        "0::/kubepods/pod\(String(repeating: "a1", count: 16))/5e\n",
        String(repeating: "a1", count: 16)
      ),
      ("0::/user.slice/user-0.slice\n", nil),
      ("0::/machine.slice/libpod-\(String(repeating: "5e", count: 32)).scope/podman\n", nil),
      ("0::/kubepods.slice\n", nil),
      ("", nil),
    ] as [(String, String?)])
  func controlGroupsTellThePodsUID(text: String, expected: String?) {
    #expect(PodSearch.podUID(inControlGroups: text) == expected)
  }

  @Test func foldersOfLogsTellNamespaceAndName() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vxhop-pods-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    for path in ["logs/kube-system_dns-7_\(Self.uid)", "logs/else", "proc/42", "proc/43"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: path), withIntermediateDirectories: true)
    }
    try Data("0::/kubepods/pod\(Self.uid)/5e\n".utf8)
      .write(to: folder.appending(path: "proc/42/cgroup"))
    try Data("0::/init.scope\n".utf8).write(to: folder.appending(path: "proc/43/cgroup"))
    let search = PodSearch(
      logs: folder.appending(path: "logs").path, processes: folder.appending(path: "proc").path)
    let expected = PodIdentity(namespace: "kube-system", name: "dns-7", uid: Self.uid)
    #expect(search.pod(ofProcess: 42) == expected)
    #expect(search.pod(ofProcess: 43) == nil)
    #expect(search.pod(ofProcess: 44) == nil)
  }
}
