import Foundation
import Scoring
import TestSupport
import Testing

extension LabTests {
  /// The recipes of docs/live.md, with the tools that they name.
  struct RecipeTests {
    private let folder: URL

    init() throws {
      folder = FileManager.default.temporaryDirectory.appending(path: "vxhop-" + UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String) -> String { folder.appending(path: name).path }

    private static let path = ["n1/pod:eth0", "n1/veth11aa", "n1/cni0", "n1/flannel.1", "n1/eth0"]
    private static let farPath = ["n2/eth0", "n2/flannel.1", "n2/cni0", "n2/veth21aa"]

    /// Runs sshd in a node's namespace while `body` runs; `ssh` is the command that logs in there.
    private func withLogin(to node: StandingLab.Node, _ body: (_ ssh: String) throws -> Void) throws
    {
      let address = try #require(node.underlay["4"])
      for key in ["host", "user"] {
        let made = try ChildProcess(
          "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(key)])
        try #require(made.status == 0, "\(made.errors)")
      }
      let server = Process()
      server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      try FileManager.default.createDirectory(
        atPath: "/run/sshd", withIntermediateDirectories: true)
      let settings = [
        "ListenAddress=\(address)", "HostKey=\(file("host"))", "PidFile=none", "UsePAM=no",
        "AuthorizedKeysFile=\(file("user")).pub", "StrictModes=no", "PermitRootLogin=yes",
      ]
      // A daemon closes what tells `Process` that it runs: the shell keeps it.
      server.arguments =
        ["bash", "-c", "\"$@\" & trap \"kill $!\" TERM; wait", "bash"]
        + ["ip", "netns", "exec", node.namespace, "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null"]
        + settings.flatMap { ["-o", $0] }
      server.standardError = FileHandle.nullDevice
      try ChildProcess.withSignalsUnblocked { try server.run() }
      defer {
        server.terminate()
        server.waitUntilExit()
      }
      try body(
        "ssh -i \(file("user")) -o BatchMode=yes -o StrictHostKeyChecking=no"
          + " -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectionAttempts=20 root@\(address)"
      )
    }

    /// Stands for kubectl: what it is to run in the pod runs in the pod's namespace.
    private func makeKubectl(for pod: StandingLab.Pod) throws {
      let script = """
        #!/bin/bash
        [[ $1 == exec && $2 == web-0 && $3 == -- ]] && exec ip netns exec \(pod.namespace) "${@:4}"
        """
      try Data(script.utf8).write(to: folder.appending(path: "kubectl"))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: file("kubectl"))
    }

    private func traces(in name: String) throws -> [FoundTrace] {
      try JSONLines.decode(
        ReportLine.self, from: Data(contentsOf: URL(fileURLWithPath: file(name)))
      ).compactMap(\.trace)
    }

    @Test func overSSHTheCaptureLeavesItsOwnConnectionOut() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        try withLogin(to: lab.nodes[1]) { ssh in
          let capture = "\(Checkout.program) capture --all -w - --node"
          let live = try RunningCommand(
            ["trace", "--format", "json", "-o", file("live.jsonl")]
              + ["--source", "n1=\(capture) n1", "--source", "n2=\(ssh) \(capture) n2"]
              + ["udp port 5001 or tcp port 22"],
            in: lab.nodes[0].namespace, until: ["n1: capturing at", "n2: capturing at"])
          try lab.send(20)
          sleep(2)
          #expect(live.interrupt() == 0, "\(live.errors)")
          #expect(live.errors.contains("n2: not captured: the ssh connection"))
          #expect(!live.errors.contains("later than others"))
          let traces = try traces(in: "live.jsonl")
          let datagrams = traces.filter { $0.hops.first?.point == Self.path[1] }
          #expect(
            datagrams.map { $0.hops.map(\.point) }
              == Array(repeating: Array(Self.path[1...]) + Self.farPath, count: 20))
          // Node 1 sees the connection, node 2 leaves it out.
          let own = traces.filter { $0.hops.map(\.point) == ["n1/eth0"] }
          #expect(!own.isEmpty)
          #expect(!traces.contains { $0.outcome == "lost" })
        }
      }
    }

    /// A pod's own tcpdump by kubectl, and a node's by ssh, whose interfaces a saved table names.
    @Test func tcpdumpIsASource() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        try makeKubectl(for: lab.nodes[0].pods[0])
        try withLogin(to: lab.nodes[1]) { ssh in
          let links = try lab.nodes[1].run("ip", "-j", "-d", "link")
          try links.write(to: folder.appending(path: "n2.link.json"))
          let pod = "\(file("kubectl")) exec web-0 -- tcpdump -i eth0 -s 192 -U -w -"
          let node = "\(ssh) tcpdump -i any -y LINUX_SLL2 -s 192 -U -w - not port 22"
          let live = try RunningCommand(
            ["trace", "--format", "json", "-o", file("live.jsonl")]
              + ["--source", "n1=\(Checkout.program) capture --all -w - --node n1"]
              + ["--source", "n1/pod:eth0=\(pod)", "--source", "n2=\(node)"]
              + ["--snapshot", "n2=\(file("n2.link.json"))", "udp port 5001"],
            in: lab.nodes[0].namespace,
            until: [
              "n1: capturing at", "n1/pod:eth0: tcpdump: listening", "n2: tcpdump: listening",
            ]
          )
          try lab.send(20)
          sleep(2)
          #expect(live.interrupt() == 0, "\(live.errors)")
          let traces = try traces(in: "live.jsonl")
          #expect(
            traces.map { $0.hops.filter { $0.kind == "path" }.map(\.point) }
              == Array(repeating: Self.path + Self.farPath, count: 20))
          #expect(traces.map(\.outcome) == Array(repeating: "complete", count: 20))
        }
      }
    }

    /// ksniff writes what tcpdump captured in one pod.
    @Test func aPodsCaptureGoesWithANodes() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let sniffer = Process()
        sniffer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        sniffer.arguments =
          ["ip", "netns", "exec", lab.nodes[0].pods[0].namespace]
          + ["tcpdump", "-U", "-Z", "root", "-i", "eth0", "-w", file("web-0.pcap")]
        sniffer.standardError = FileHandle.nullDevice
        try ChildProcess.withSignalsUnblocked { try sniffer.run() }
        while FileBytes.read(file("web-0.pcap"))?.count != 24 { usleep(20_000) }
        let capture = try RunningCommand(
          ["capture", "--all", "--node", "n1", "-w", file("n1.pcapng")],
          in: lab.nodes[0].namespace)
        try lab.send(5)
        // The kernel hands packets to tcpdump after a second; at its end it does not ask for them.
        sleep(2)
        sniffer.interrupt()
        sniffer.waitUntilExit()
        #expect(capture.interrupt() == 0)
        let trace = try ChildProcess(
          Checkout.program,
          ["trace", "--format", "json", "-o", file("traces.jsonl")]
            + ["n1/pod:eth0=" + file("web-0.pcap"), file("n1.pcapng"), "udp port 5001"])
        #expect(trace.status == 0, "\(trace.errors)")
        #expect(
          try traces(in: "traces.jsonl").map { $0.hops.map(\.point) }
            == Array(repeating: Self.path, count: 5))
      }
    }

    @Test func tsharkReadsTheStream() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let reading = """
          \(Checkout.program) capture --all --node n1 -c 8 -w - udp port 5001 2> \(file("said")) \
          | tshark -r - -d udp.port==8472,vxlan -T fields -e frame.interface_name > \(file("seen")) &
          until grep -q 'capturing at' \(file("said")); do sleep 0.1; done
          ip netns exec \(lab.nodes[0].pods[0].namespace) bash -c \
            'for i in 1 2; do echo $i > /dev/udp/\(lab.nodes[1].pods[0].addresses["4"] ?? "")/5001; done'
          wait
          """
        try lab.nodes[0].run("bash", "-c", reading)
        let seen = String(decoding: FileBytes.read(file("seen")) ?? [], as: UTF8.self)
        #expect(
          Set(seen.split(separator: "\n").map(String.init)) == Set(Self.path.dropFirst()))
        #expect(seen.split(separator: "\n").count == 8)
      }
    }
  }
}
