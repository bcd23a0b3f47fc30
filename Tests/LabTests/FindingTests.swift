import Foundation
import Scoring
import TestSupport
import Testing

/// What is really wrong with a network must be found, and nothing else: errors that a kernel makes.
@Suite(
  .serialized,
  .enabled(
    if: LabRequirements.areMet || LabRequirements.isContinuousIntegration,
    Comment(rawValue: "the lab needs " + LabRequirements.unmet.joined(separator: ", "))))
struct FindingTests {
  static let failures = [
    "stale-mac", "stale-mac-ipv6", "missing-neighbour", "missing-fdb", "missing-route",
    "missing-route-default", "input-drop", "input-reject-port", "input-reject-host-prohibited",
    "input-reject-admin-prohibited", "forward-drop-source", "forward-drop-destination",
    "forward-reject-host-prohibited", "forward-reject-net-prohibited",
    "forward-reject-admin-prohibited", "forward-reject-port", "forward-reject-reset",
    "no-forwarding", "reverse-path", "small-underlay", "outer-fragments", "too-big",
    "too-big-ignored", "masqueraded", "other-vni", "other-port", "policy-flags", "duplicate-mac",
    "pod-gone", "pod-filtered", "congestion-marks", "spoilt-outer-checksum",
    "spoilt-inner-checksum", "wrong-endpoint", "wrong-endpoint-routed", "translated-underlay",
    "duplicate-pod", "bypassed-translation", "untranslated-replies", "plain-filtered",
    "closed-port", "silent-pod",
  ]

  /// Without losses there is no error.
  static let healthy = [
    "clean", "clusterip", "clusterip-routed", "clusterip-same-node", "ipv6", "three-nodes",
    "same-node", "hairpin", "hairpin-routed", "nodeport", "masquerade-leaving",
    "masquerade-random", "duplicates", "recapture", "host-gw", "direct-routing", "calico", "canal",
    "fragments-outer", "wrong-neighbour",
  ]

  /// Scenarios that are about the packets' ways: what is wrong in them, and where.
  static let lossy: [(name: String, codes: Set<String>, points: Set<String>)] = [
    ("lossy-wire", ["vxlan-lost-on-wire"], ["n1/eth0", "n2/eth0"]),
    ("lossy-ipv6", ["vxlan-lost-on-wire"], ["n1/eth0", "n2/eth0"]),
    ("blackhole", ["vxlan-lost-on-wire"], ["n1/eth0"]),
    ("lossy-forward-source", ["forward-drop"], ["n1/cni0"]),
    ("lossy-forward-destination", ["forward-drop"], ["n2/flannel.1"]),
    ("three-nodes-lossy", ["vxlan-lost-on-wire"], ["n1/eth0", "n2/eth0", "n3/eth0"]),
    ("wrong-fdb", ["vtep-fdb-wrong"], ["n3/flannel.1"]),
    ("loop", ["routing-loop"], ["n1/flannel.1", "n2/flannel.1"]),
    ("icmp-errors", ["firewall-reject"], ["n2/flannel.1"]),
    ("clusterip-same-node-routed", ["service-reply-untranslated"], ["n1/veth11aa"]),
  ]

  @Test(arguments: lossy)
  func findsWhyPacketsAreLost(
    _ scenario: (name: String, codes: Set<String>, points: Set<String>)
  ) throws {
    let found = try findings(in: Lab.folder(of: LabScenario(name: scenario.name)))
      .filter { $0.severity == "error" }
    #expect(Set(found.map(\.code)) == scenario.codes, "\(found)")
    #expect(Set(found.compactMap(\.point)) == scenario.points, "\(found)")
  }

  @Test(arguments: failures)
  func findsWhatIsWrong(_ name: String) throws {
    let folder = try Lab.folder(of: LabScenario(name: name))
    let expected = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: folder.url.appending(path: "lab.json"))
    ).findings
    try #require(!expected.isEmpty)
    let found = try findings(in: folder)
    for one in expected {
      #expect(found.contains { one.isMet(by: $0) }, "\(one) is missing among \(found)")
    }
    for one in found where one.severity == "error" {
      #expect(expected.contains { $0.isMet(by: one) }, "\(one) was not to be found")
    }
  }

  /// What is well and yet remarkable.
  static let notes: [(name: String, code: String, point: String?, direction: String)] = [
    ("direct-routing", "backend-mixed", nil, "n1→n2"),
    ("reverse-path", "backend-mixed", nil, "n2→n1"),
    ("wrong-neighbour", "detour", "n3/eth0", "n1→n2"),
    ("fragments-outer", "outer-fragments", "n1/eth0", "n1→?"),
  ]

  @Test(arguments: notes)
  func warnsOfWhatIsRemarkable(
    _ note: (name: String, code: String, point: String?, direction: String)
  ) throws {
    let found = try findings(in: Lab.folder(of: LabScenario(name: note.name)))
      .filter { $0.code == note.code }
    #expect(found.contains { $0.point == note.point && $0.direction == note.direction }, "\(found)")
    #expect(found.allSatisfy { $0.severity == "warning" })
  }

  @Test(arguments: healthy)
  func findsNoErrorWhereAllIsWell(_ name: String) throws {
    let found = try findings(in: Lab.folder(of: LabScenario(name: name)))
    #expect(found.filter { $0.severity == "error" }.isEmpty, "\(found)")
  }

  /// Where a point was not captured, or a node, or one kind of interface anywhere, nothing is called lost.
  @Test(arguments: healthy + ["segmentation-udp", "fragments", "identity-zero"])
  func whatWasNotCapturedIsNotClaimed(_ name: String) async throws {
    let all = try Lab.folder(of: LabScenario(name: name)).captures(.interfaces)
    var omissions = all.map { [$0] }
    omissions += Dictionary(grouping: all) { self.name(of: $0).prefix { $0 != "-" } }.values
    for kind in ["-eth", "-flannel", "-vxlan", "-cni", "-veth", "-cali"] {
      omissions.append(all.filter { self.name(of: $0).contains(kind) })
    }
    omissions.removeAll { $0.isEmpty || $0.count == all.count }
    let reports = try await concurrently(omissions) { omitted in
      try lines(of: all.filter { !omitted.contains($0) })
    }
    for (omitted, lines) in zip(omissions, reports) {
      let errors = lines.compactMap(\.finding).filter { $0.severity == "error" }
      let words = "without " + omitted.map(self.name).joined(separator: ", ")
      #expect(errors.isEmpty, "\(words)")
      #expect(lines.compactMap(\.lost) == [0], "\(words)")
    }
  }

  private func name(of capture: String) -> String {
    capture.split(separator: "/").last.map(String.init) ?? capture
  }

  private func findings(in folder: LabFolder) throws -> [Found] {
    try lines(of: folder.captures(.interfaces)).compactMap(\.finding)
  }

  private func lines(of captures: [String]) throws -> [Line] {
    let process = try ChildProcess(
      Checkout.program, ["trace", "--format", "json", "--packets", "none"] + captures)
    try #require(process.status == 0, "\(process.errors)")
    return try JSONLines.decode(Line.self, from: process.output)
  }
}

/// What the scenario promises; nil for what it leaves open.
private struct Manifest: Decodable {
  struct Expected: Decodable {
    let code: String
    let point: String?
    let direction: String?

    func isMet(by found: Found) -> Bool {
      code == found.code && (point == nil || point == found.point)
        && (direction == nil || direction == found.direction)
    }
  }

  let findings: [Expected]
}

private struct Found: Decodable, Sendable {
  let code: String
  let severity: String
  let point: String?
  let direction: String?
}

private struct Line: Decodable, Sendable {
  let finding: Found?
  /// Packets, of the summary.
  let lost: Int?

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    let type = try fields.decode(String.self, forKey: .type)
    finding = type == "finding" ? try Found(from: decoder) : nil
    lost = type == "summary" ? try fields.decode(Int.self, forKey: .lost) : nil
  }

  private enum Keys: String, CodingKey { case type, lost }
}
