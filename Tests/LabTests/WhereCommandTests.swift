import Foundation
import Scoring
import TestSupport
import Testing

extension LabTests {
  /// `vxhop where` and `vxhop snapshot` as they are run on nodes.
  struct WhereCommandTests {
    @Test(arguments: ["ipv6", "calico"])
    func everyPodIsFoundFromEveryNodeLiveAndFromSnapshots(scenario: String) throws {
      try StandingLab.run(scenario) { lab in
        try lab.letPodsTalk()
        let folder = FileManager.default.temporaryDirectory.appending(path: "vxhop-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let addresses = lab.nodes.flatMap { $0.pods.flatMap(\.addresses.values) }.sorted()
        var live: [Answer] = []
        var snapshots: [String] = []
        for node in lab.nodes {
          let file = folder.appending(path: node.name + ".json").path
          live += try answers(
            from: node.run(
              words: ["env", "NODE_NAME=" + node.name, Checkout.program, "where"] + addresses
                + ["--format", "json"]))
          try node.run(Checkout.program, "snapshot", "--node", node.name, "-o", file)
          snapshots += ["--snapshot", file]
        }
        for answer in live { expectTruth(lab, answer) }
        #expect(live.count == lab.nodes.count * addresses.count)

        let offline = try ChildProcess(
          Checkout.program, ["where"] + addresses + ["--format", "json"] + snapshots)
        #expect(offline.errors == "" && offline.status == 0)
        let saved = try answers(from: offline.output)
        #expect(Set(saved.map(\.withoutOtherNodes)) == Set(live))
        #expect(saved.filter { $0.place == "elsewhere" }.allSatisfy { $0.remoteNode != nil })
      }
    }

    @Test func theNodesOwnTablesNeedNoRights() throws {
      try StandingLab.run("clean") { lab in
        let node = lab.nodes[0]
        let address = try #require(node.pods[0].addresses["4"])
        // Without capabilities no pod's namespace may be entered.
        let answer = try #require(
          answers(
            from: node.run(
              words: ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
                + [Checkout.program, "where", address, "--format", "json"])
          ).first)
        #expect(answer.points.map(\.interface) == ["cni0", "flannel.1", "eth0"])
        #expect(answer.problems.map(\.code) == ["pod-unseen"])
      }
    }

    private func answers(from output: Data) throws -> [Answer] {
      try JSONLines.decode(Answer.self, from: output)
    }

    /// `point` is `node/interface`, `remote` the underlay address of the pod's node.
    private func expectTruth(_ lab: StandingLab, _ answer: Answer) {
      for home in lab.nodes {
        for pod in home.pods {
          for (family, address) in pod.addresses where address == answer.address {
            let node = lab.nodes.first { $0.name == answer.node } ?? home
            let vtep = node.vteps[family]?.interface ?? ""
            let isHere = home.name == node.name
            #expect(answer.place == (isHere ? "here" : "elsewhere"))
            let own = ["pod:eth0", pod.veth, node.bridge].compactMap(\.self)
            let points = (isHere ? own : []) + [vtep, node.nic]
            #expect(answer.points.map(\.point) == points.map { node.name + "/" + $0 })
            #expect(answer.remote == (isHere ? nil : home.underlay[family]))
            // Flannel's device for IPv6 has 20 bytes less than its pods.
            let isNarrow = isHere && vtep == "flannel-v6.1"
            #expect(answer.problems.map(\.code) == (isNarrow ? ["mtu-pod-above-vtep"] : []))
          }
        }
      }
    }
  }
}

/// What is compared of a line of `vxhop where --format json`.
private struct Answer: Decodable, Hashable {
  struct Point: Decodable, Hashable {
    let point: String
    let interface: String
    let role: String
    let ifindex: Int
    let mac: String?
    let mtu: Int?
  }

  struct Problem: Decodable, Hashable {
    let code: String
  }

  let node: String
  let address: String
  let place: String
  let points: [Point]
  let remote: String?
  var remoteNode: String?
  let problems: [Problem]

  var withoutOtherNodes: Answer {
    var answer = self
    answer.remoteNode = nil
    return answer
  }

  private enum CodingKeys: String, CodingKey {
    case node, address, place, points, remote, problems
    case remoteNode = "remote_node"
  }
}
