import Foundation
import Scoring
import TestSupport
import Testing

extension LabTests {
  /// `vxhop capture` on real interfaces; what it wrote is read by others' tools.
  struct CaptureTests {
    private let folder: URL

    init() throws {
      folder = FileManager.default.temporaryDirectory.appending(path: "vxhop-" + UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String) -> String { folder.appending(path: name).path }

    /// Sends datagrams from the first pod of the first node to the first of the second.
    private func send(_ count: Int, size: Int = 100, port: Int = 5001, in lab: StandingLab) throws {
      let address = try #require(lab.nodes[1].pods[0].addresses["4"])
      let script = """
        import socket, sys
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for number in range(\(count)):
            try: sender.sendto(number.to_bytes(4, "big") + bytes(\(size - 4)), ("\(address)", \(port)))
            except OSError: pass  # Answered by an ICMP error.
        """
      _ = try StandingLab.run(["python3", "-c", script], in: lab.nodes[0].pods[0].namespace)
    }

    /// The packets of a capture as tshark sees them: interface and UDP destination port of each.
    private func packets(in file: String) throws -> [String] {
      let process = try ChildProcess(
        "tshark",
        ["-r", file, "-T", "fields", "-E", "occurrence=l", "-d", "udp.port==8472,vxlan"]
          + ["-e", "frame.interface_name", "-e", "udp.dstport"])
      try #require(process.status == 0, "\(process.errors)")
      return String(decoding: process.output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func theFilterLooksIntoTheTunnel() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let node = lab.nodes[0]
        let capture = try RunningCommand(
          ["capture", "--all", "--node", "n1", "-w", file("a.pcapng"), "udp", "port", "5001"],
          in: node.namespace)
        try send(5, in: lab)
        try send(3, port: 5002, in: lab)
        #expect(capture.interrupt() == 0)
        let found = try packets(in: file("a.pcapng")).filter { $0.contains("\t500") }
        let points = [node.pods[0].veth, "cni0", "flannel.1", "eth0"].map { "n1/\($0)\t5001" }
        #expect(
          Dictionary(grouping: found, by: \.self).mapValues(\.count) == [
            points[0]: 5, points[1]: 5, points[2]: 5, points[3]: 5,
          ])
      }
    }

    @Test func innerFramesAreWrittenAlone() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "-i", "eth0", "--node", "n1", "--decap", "-w", file("inner.pcapng")],
          in: lab.nodes[0].namespace)
        try send(3, in: lab)
        #expect(capture.terminate() == 0, "\(capture.errors)")
        let tshark = try ChildProcess(
          "tshark", ["-r", file("inner.pcapng"), "-T", "fields", "-e", "frame.protocols"])
        let found = String(decoding: tshark.output, as: UTF8.self).split(separator: "\n")
        #expect(found.filter { $0 == "eth:ethertype:ip:udp:data" }.count == 3)
        #expect(!found.contains { $0.contains("vxlan") })
        let mode = try FileManager.default.attributesOfItem(atPath: file("inner.pcapng"))
        #expect(mode[.posixPermissions] as? Int == 0o600)
      }
    }

    @Test func aPodIsSeenFromInside() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "--netns", lab.nodes[0].pods[0].namespace, "--node", "n1"]
            + ["-w", file("pod.pcapng"), "-c", "4"],
          in: lab.nodes[0].namespace)
        try send(4, in: lab)
        #expect(capture.wait() == 0)
        let found = try packets(in: file("pod.pcapng"))
        #expect(found.count == 4 && found.allSatisfy { $0.hasPrefix("n1/pod:eth0") })
      }
    }

    @Test func whatIsKilledLeavesAFileToRead() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "--all", "--node", "n1", "-U", "-w", file("a.pcapng")],
          in: lab.nodes[0].namespace)
        try send(500, in: lab)
        // Longer than packets wait to be put in order.
        usleep(700_000)
        try send(50, in: lab)
        capture.send(SIGKILL)
        #expect(capture.wait() == nil)
        let found = try packets(in: file("a.pcapng")).filter { $0 == "n1/eth0\t5001" }
        #expect(found.count >= 500)
        #expect(try ChildProcess("capinfos", [file("a.pcapng")]).status == 0)
        let trace = try ChildProcess(Checkout.program, ["trace", file("a.pcapng")])
        #expect(trace.status == 0, "\(trace.errors)")
      }
    }

    @Test func whatTheKernelDroppedIsNotCalledLost() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let captures = try lab.nodes.map { node in
          try RunningCommand(
            ["capture", "--all", "--node", node.name, "-w", file(node.name + ".pcapng")]
              + (node.number == 2 ? ["-B", "256"] : []),
            in: node.namespace)
        }
        try send(20, in: lab)
        // A capture that cannot read its buffers for a while.
        captures[1].send(SIGSTOP)
        try send(4000, size: 1200, in: lab)
        captures[1].send(SIGCONT)
        for capture in captures { #expect(capture.interrupt() == 0) }
        #expect(captures[1].errors.contains("packets were dropped"))
        let trace = try ChildProcess(
          Checkout.program,
          ["trace", "--format", "json", file("n1.pcapng"), file("n2.pcapng"), "udp port 5001"])
        try #require(trace.status == 0, "\(trace.errors)")
        let traces = try JSONLines.decode(ReportLine.self, from: trace.output).compactMap(\.trace)
        let outcomes = Dictionary(grouping: traces.compactMap(\.outcome), by: \.self)
          .mapValues(\.count)
        #expect(traces.count == 4020)
        #expect(outcomes["lost"] == nil)
        #expect(outcomes["partial", default: 0] > 0 && outcomes["complete", default: 0] >= 20)
      }
    }

    @Test func aSourceThatDiesIsNamedAndTheRestGoesOn() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let namespace = lab.nodes[0].namespace
        let capture = "\(Checkout.program) capture --all --node n1 -w - -c 30 udp port 5001"
        let live = try RunningCommand(
          ["trace", "--format", "json", "-o", file("live.jsonl")]
            + ["--source", "n1=\(capture)", "--source", "n2=echo no such host >&2; exit 3"],
          in: namespace)
        try send(10, in: lab)
        #expect(live.wait() == 2)
        #expect(live.errors.contains("n2: no such host"))
        #expect(live.errors.contains("n2: ended with status 3"))
        let lines = try JSONLines.decode(
          ReportLine.self, from: Data(contentsOf: URL(fileURLWithPath: file("live.jsonl"))))
        #expect(lines.compactMap(\.trace).contains { $0.hops.count == 4 })
      }
    }

    @Test func filesRotateAsARing() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      // The rotated files are made by an unprivileged user.
      try FileManager.default.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: folder.path)
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "-i", "eth0", "-w", file("ring"), "-C", "1", "-W", "3"],
          in: lab.nodes[0].namespace)
        try send(5000, size: 1200, in: lab)
        #expect(capture.interrupt() == 0, "\(capture.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
          .filter { !$0.hasSuffix(".json") }
        #expect(names == ["ring0", "ring1", "ring2"])
        for name in names {
          #expect(try ChildProcess("capinfos", [file(name)]).status == 0)
          let mode = try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions]
          #expect(mode as? Int == 0o600)
        }
      }
    }

    @Test func aPlantedLinkIsNotFollowed() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: folder.path)
      try Data("precious".utf8).write(to: folder.appending(path: "target"))
      try FileManager.default.createSymbolicLink(
        atPath: file("planted"), withDestinationPath: file("target"))
      let capture = try ChildProcess(
        Checkout.program, ["capture", "-i", "lo", "--duration", "1", "-w", file("planted")])
      #expect(capture.status == 2)
      #expect(capture.errors.contains("is a link in a folder that everybody can write to"))
      #expect(try String(contentsOfFile: file("target"), encoding: .utf8) == "precious")
    }

    @Test func withoutRightsTheCapabilityIsNamed() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
      let capture = try ChildProcess(
        "setpriv", words + [Checkout.program, "capture", "-i", "lo", "-w", "-"])
      #expect(capture.status == 2)
      #expect(
        capture.errors.contains("CAP_NET_RAW") && capture.errors.contains("setcap cap_net_raw+ep"))
      #expect(capture.errors.split(separator: "\n").count == 1)
    }
  }
}
