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
        try lab.send(5)
        try lab.send(3, port: 5002)
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
        try lab.send(3)
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
        try lab.send(4)
        #expect(capture.wait() == 0)
        let found = try packets(in: file("pod.pcapng"))
        #expect(found.count == 4 && found.allSatisfy { $0.hasPrefix("n1/pod:eth0") })
      }
    }

    /// What the node itself does not know of a pod, Kubernetes does.
    @Test(arguments: [[], ["--decap"]])
    func aPodIsNamedAsKubernetesDoes(options: [String]) throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let pod = lab.nodes[0].pods[0]
        let address = try #require(pod.addresses["4"])
        let list = """
          {"kind":"List","items":[{"kind":"Pod","metadata":{"name":"web-0","namespace":"default"},
           "spec":{"nodeName":"n1"},"status":{"phase":"Running","podIP":"\(address)"}}]}
          """
        try Data(list.utf8).write(to: URL(filePath: file("cluster.json")))
        let capture = try RunningCommand(
          ["capture", "--pod", "default/web-0", "--kubernetes", file("cluster.json")]
            + ["--node", "n1", "-w", file("pod.pcapng"), "--duration", "3"] + options,
          in: lab.nodes[0].namespace)
        try lab.send(4)
        #expect(capture.wait() == 0)
        let found = Set(try packets(in: file("pod.pcapng")))
        #expect(found.contains("n1/\(pod.veth)\t5001") && found.contains("n1/eth0\t5001"))
      }
    }

    @Test func whatIsKilledLeavesAFileToRead() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "--all", "--node", "n1", "-U", "-w", file("a.pcapng")],
          in: lab.nodes[0].namespace)
        try lab.send(500)
        // Longer than packets wait to be put in order.
        usleep(700_000)
        try lab.send(50)
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
        try lab.send(20)
        // A capture that cannot read its buffers for a while.
        captures[1].send(SIGSTOP)
        try lab.send(4000, size: 1200)
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
        // On a busy machine buffers as small as these drop some of the first ones, too.
        #expect(outcomes["partial", default: 0] > 0 && outcomes["complete", default: 0] > 0)
      }
    }

    @Test func underLoadTinyBuffersDropAndNothingIsCalledLost() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let (client, server) = (lab.nodes[0].pods[0], lab.nodes[1].pods[0])
        let captures = try lab.nodes.map { node in
          try RunningCommand(
            [
              "capture", "--all", "--node", node.name, "-w", file(node.name + ".pcapng"), "-B",
              "64",
            ],
            in: node.namespace)
        }
        let load = """
          ip netns exec \(server.namespace) iperf3 -s -1 > /dev/null &
          until ip netns exec \(server.namespace) ss -ltn | grep -q :5201; do sleep 0.1; done
          ip netns exec \(client.namespace) \
            iperf3 -c \(server.addresses["4"] ?? "") -u -b 200M -l 1000 -t 1 > /dev/null
          wait
          """
        try #require(ChildProcess("bash", ["-c", load]).status == 0)
        for capture in captures {
          #expect(capture.interrupt() == 0)
          #expect(capture.errors.contains("packets were dropped"), "\(capture.errors)")
        }
        let trace = try ChildProcess(
          Checkout.program,
          ["trace", "--format", "json", file("n1.pcapng"), file("n2.pcapng"), "udp port 5201"])
        try #require(trace.status == 0, "\(trace.errors)")
        let traces = try JSONLines.decode(ReportLine.self, from: trace.output).compactMap(\.trace)
        let outcomes = Dictionary(grouping: traces.compactMap(\.outcome), by: \.self)
        #expect(outcomes["lost"] == nil)
        #expect(outcomes["partial", default: []].count > 0)
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
        try lab.send(10)
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
        try lab.send(5000, size: 1200)
        #expect(capture.interrupt() == 0, "\(capture.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
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

    /// Of a bridge that nothing crosses only the node's tables tell that it is one.
    @Test func aCaptureBringsTheTablesOfItsNodeAlong() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let node = lab.nodes[0]
        try node.run("ip", "link", "add", "pods7", "type", "bridge")
        try node.run("ip", "link", "set", "pods7", "up")
        let program = Checkout.program
        let capture = "\(program) capture -i pods7 --node n1 --duration 1 -w"
        let (saved, piped) = (file("a.pcapng"), file("b.pcapng"))
        for trace in [
          "\(capture) \(saved) && \(program) trace --format json \(saved)",
          "\(capture) - | \(program) trace --format json -",
          "\(program) trace --format json --source 'n1=\(capture) -'",
          "\(capture) - > \(piped) && \(program) trace --format json renamed=\(piped)",
        ] {
          let report = String(
            decoding: try node.run("bash", "-c", "{ \(trace); } 2> /dev/null"), as: UTF8.self)
          let point = try #require(report.split(separator: "\n").first { $0.contains("/pods7") })
          #expect(point.contains("\"role\":\"bridge\""), "\(trace)")
        }
        for words in [["tshark", "-r", saved], ["capinfos", saved], ["tcpdump", "-nr", saved]] {
          let reader = try ChildProcess(words[0], Array(words.dropFirst()))
          #expect(reader.status == 0)
          #expect(!reader.errors.contains("pcapng") || words[0] == "tcpdump", "\(reader.errors)")
        }
      }
    }

    @Test(arguments: [
      ([], "65534", "65534"), (["-Z", "1234"], "1234", "1234"), (["-Z", "1234:adm"], "1234", "4"),
    ])
    func rightsAreGivenUpOnceAllIsOpen(words: [String], user: String, group: String) throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "--all", "-w", file("a.pcapng")] + words, in: lab.nodes[0].namespace)
        for (name, id) in [("Uid", user), ("Gid", group)] {
          #expect(
            capture.kernelStatus(name) == Array(repeating: id, count: 4).joined(separator: "\t"))
        }
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
          #expect(capture.kernelStatus(set) == "0000000000000000")
        }
        #expect(capture.kernelStatus("NoNewPrivs") == "1")
        #expect(capture.interrupt() == 0)
      }
    }

    @Test(arguments: [["--trace"], ["--decap", "-w", "inner.pcapng"]])
    func whatReadsTheCaptureHasNoRightsAndPassesSignalsOn(words: [String]) throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "-i", "eth0", "--node", "n1"]
            + words.map { $0.hasSuffix("pcapng") ? file($0) : $0 },
          in: lab.nodes[0].namespace)
        #expect(
          capture.kernelStatus("Uid") == Array(repeating: "65534", count: 4).joined(separator: "\t")
        )
        #expect(capture.kernelStatus("CapEff") == "0000000000000000")
        #expect(capture.kernelStatus("NoNewPrivs") == "1")
        capture.send(SIGUSR1)
        let deadline = Date.now + 10
        while !capture.errors.contains("dropped by the kernel") && Date.now < deadline {
          usleep(20_000)
        }
        #expect(capture.errors.contains("dropped by the kernel"))
        #expect(capture.interrupt() == 0, "\(capture.errors)")
      }
    }

    @Test func podsOfOneInterfaceNameAreToldApart() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let pods = lab.nodes[0].pods
        let second = try #require(pods[1].addresses["4"])
        let capture = try RunningCommand(
          ["capture", "--netns", pods[0].namespace, "--netns", "/run/netns/\(pods[0].namespace)"]
            + ["--pod", second, "--node", "n1", "-w", file("a.pcapng")],
          in: lab.nodes[0].namespace)
        #expect(capture.interrupt() == 0)
        let names = try #require(capture.errors.split(separator: ";").first)
        #expect(names.contains("n1/pod:\(pods[0].namespace):eth0"))
        #expect(names.contains("n1/pod:\(second):eth0"))
        #expect(names.split(separator: "/pod:").count == 3)
      }
    }

    /// IP in IP inside of two VLAN tags: what is in it decides.
    @Test func theFilterLooksIntoTunnelsWithoutPorts() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          ["capture", "-i", "eth0", "-w", file("a.pcapng"), "udp", "port", "5001"],
          in: lab.nodes[0].namespace)
        let script = """
          import socket, struct
          def ip(protocol, payload):
              return struct.pack("!BBHHHBBH4s4s", 69, 0, 20 + len(payload), 7, 0, 64, protocol, 0,
                                 bytes([10, 9, 0, 1]), bytes([10, 9, 0, 2])) + payload
          sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
          sender.bind(("eth0", 0))
          for port in (5001, 5002):
              inner = ip(17, struct.pack("!HHHH", 9, port, 8, 0))
              gre = struct.pack("!HH", 0, 0x800) + inner
              for packet in (ip(4, inner), ip(47, gre)):
                  for tags in (b"", b"\\x81\\0\\0\\7", b"\\x88\\xa8\\0\\5\\x81\\0\\0\\7"):
                      sender.send(b"\\2\\0\\0\\0\\0\\1\\2\\0\\0\\0\\0\\2" + tags + b"\\x08\\0" + packet)
          """
        _ = try lab.nodes[0].run("python3", "-c", script)
        #expect(capture.interrupt() == 0)
        let found = try packets(in: file("a.pcapng")).filter { $0.contains("\t500") }
        #expect(found.count == 6 && found.allSatisfy { $0.hasSuffix("\t5001") }, "\(found)")
      }
    }

    @Test func aSignalAsksForTheCountsOnTheWay() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      try StandingLab.run("clean") { lab in
        let capture = try RunningCommand(
          [
            "capture", "-i", "veth11aa", "--node", "n1", "-w", file("a.pcapng"), "udp", "port",
            "5001",
          ],
          in: lab.nodes[0].namespace)
        try lab.send(7)
        usleep(500_000)
        capture.send(SIGUSR1)
        let deadline = Date.now + 10
        while !capture.errors.contains("n1/veth11aa  ") && Date.now < deadline { usleep(20_000) }
        let counts = capture.errors.split(separator: "\n").last?.split(separator: " ").suffix(3)
        #expect(counts == ["7", "7", "0"])
        #expect(capture.interrupt() == 0)
      }
    }

    @Test(arguments: [["-w", "-"], ["--trace"], ["-w", "-", "--decap"]])
    func withoutRightsTheCapabilityIsNamed(output: [String]) throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
      let capture = try ChildProcess(
        "setpriv", words + [Checkout.program, "capture", "-i", "lo"] + output)
      #expect(capture.status == 2)
      #expect(
        capture.errors.contains("CAP_NET_RAW") && capture.errors.contains("setcap cap_net_raw+ep"))
      #expect(capture.errors.split(separator: "\n").count == 1)
      #expect(capture.output.isEmpty)
    }
  }
}
