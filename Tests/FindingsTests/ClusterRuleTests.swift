import Packets
import Testing
import Trajectories

@testable import Findings
@testable import Topology

/// What flannel and Kubernetes published, against what is on the wire.
@Suite struct ClusterRuleTests {
  private static let mac: UInt64 = 0xb66f_3260_1314

  private func node(
    _ name: String, _ address: String, mac: String, pods: [String] = [],
    internalAddress: String? = nil, isByHand: Bool = false
  ) throws -> String {
    let key = address.contains(":") ? "backend-v6-data" : "backend-data"
    let published = address.contains(":") ? "public-ipv6" : "public-ip"
    let networks = pods.map { "\"\($0)\"" }.joined(separator: ",")
    let byHand =
      isByHand ? ",\"flannel.alpha.coreos.com/\(published)-overwrite\":\"\(address)\"" : ""
    let addresses = internalAddress.map { "{\"type\":\"InternalIP\",\"address\":\"\($0)\"}" } ?? ""
    return """
      {"kind":"Node","status":{"addresses":[\(addresses)]},
       "metadata":{"name":"\(name)","annotations":{
       "flannel.alpha.coreos.com/\(key)":"{\\"VNI\\":1,\\"VtepMAC\\":\\"\(mac)\\"}",
       "flannel.alpha.coreos.com/\(published)":"\(address)"\(byHand)}},
       "spec":{"podCIDRs":[\(networks)]}}
      """
  }

  private func cluster(_ objects: String...) throws -> Cluster {
    var cluster = Cluster()
    let list = "{\"kind\":\"List\",\"items\":[\(objects.joined(separator: ","))]}"
    try cluster.add(json: list.utf8, source: "cluster.json")
    return cluster
  }

  private func maker(from source: String = "172.30.9.11") -> TraceMaker {
    var maker = TraceMaker()
    maker.add {
      guard $0.isEncapsulated else { return }
      $0.linkSource = Self.mac
      $0.tunnelSource = TraceMaker.address(source)
      if source.contains(":") { $0.tunnelDestination = TraceMaker.address("fd00:9::12") }
    }
    return maker
  }

  @Test(arguments: ["172.30.9.11", "fd00:9::11"])
  func macAddressesOfBothFamilies(_ address: String) throws {
    let maker = maker(from: address)
    let right = try cluster(node("n1", address, mac: "b6:6f:32:60:13:14"))
    #expect(maker.findings(cluster: right).map(\.code) == [.overlayHealthy])
    let other = try cluster(node("n1", address, mac: "02:00:00:00:00:01"))
    let finding = maker.findings(cluster: other).first
    #expect(finding?.code == .vtepMACStale)
    #expect(finding?.summary.contains("b6:6f:32:60:13:14") == true)
    #expect(finding?.summary.contains("02:00:00:00:00:01") == true)
  }

  /// The others send to what the node published, and the node has another address: catalogue 6.
  @Test func aPublishedAddressThatTheNodeHasNot() throws {
    var maker = TraceMaker()
    maker.add(at: TraceMaker.back) { $0.turnRound() }
    for _ in 0..<3 {
      maker.add(at: [0, 1, 2, 3], next: 4) {
        if $0.isEncapsulated { $0.tunnelDestination = TraceMaker.address("10.0.2.15") }
      }
    }
    let cluster = try cluster(node("n2", "10.0.2.15", mac: "02:00:00:00:00:02"))
    let finding = maker.findings(cluster: cluster).first { $0.code == .vtepAddressWrong }
    #expect(finding?.severity == .error)
    #expect(finding?.direction == .init(source: 0, destination: 1))
    #expect(finding?.summary.contains("published") == true)
  }

  /// The packets arrive: what is published tells where others will send to, and which MAC address they will use.
  @Test func publishedOtherwiseThanSent() throws {
    let cluster = try cluster(node("n1", "10.0.2.15", mac: "02:00:00:00:00:01"))
    let findings = maker().findings(cluster: cluster)
    let address = findings.first { $0.code == .vtepSourceDiffers }
    #expect(address?.severity == .warning)
    #expect(address?.summary.contains("from 172.30.9.11 and published n1 10.0.2.15") == true)
    #expect(findings.contains { $0.code == .vtepMACStale && $0.summary.contains("b6:6f:32:60") })
  }

  /// A node that published another one's address: that one's MAC address is not its own.
  @Test(arguments: ["172.30.9.12", nil])
  func aPublishedAddressThatIsAnotherNodes(own: String?) throws {
    var maker = maker()
    let senders = maker.findings().map(\.code)
    #expect(senders == [.overlayHealthy])
    if let own {
      maker.add(at: TraceMaker.back) {
        $0.turnRound()
        $0.linkSource = 0x0200_0000_0002
        if $0.isEncapsulated { $0.tunnelSource = TraceMaker.address(own) }
      }
    }
    let cluster = try cluster(
      node("n1", "172.30.9.11", mac: "b6:6f:32:60:13:14"),
      node("n2", "172.30.9.11", mac: "02:00:00:00:00:02"))
    #expect(!maker.findings(cluster: cluster).contains { $0.code == .vtepMACStale })
  }

  /// The administrator knows that the others reach the node at another address than it has.
  @Test(arguments: ["10.0.2.15", "fd00:7::1"])
  func anAddressThatWasSetByHandMayDiffer(address: String) throws {
    let maker = maker(from: address.contains(":") ? "fd00:9::11" : "172.30.9.11")
    let mac = "b6:6f:32:60:13:14"
    let other = try cluster(node("n1", address, mac: mac))
    #expect(maker.findings(cluster: other).contains { $0.code == .vtepSourceDiffers })
    let byHand = try cluster(node("n1", address, mac: mac, isByHand: true))
    #expect(maker.findings(cluster: byHand).map(\.code) == [.overlayHealthy])
  }

  /// Where packets to it are lost, that is not because the address is none of the node's.
  @Test func packetsToAnAddressThatWasSetByHand() throws {
    var maker = TraceMaker()
    maker.add(at: TraceMaker.back) { $0.turnRound() }
    maker.add(at: [0, 1, 2, 3], next: 4) {
      if $0.isEncapsulated { $0.tunnelDestination = TraceMaker.address("203.0.113.7") }
    }
    let cluster = try cluster(
      node("n2", "203.0.113.7", mac: "02:00:00:00:00:02", isByHand: true))
    let findings = maker.findings(cluster: cluster)
    #expect(findings.contains { $0.code == .vxlanLostOnWire })
    #expect(!findings.contains { $0.code == .vtepAddressWrong })
  }

  /// Only the wire was captured: the node's own address tells whose packets these are.
  @Test func onTheWireANodeIsKnownByItsAddress() throws {
    var maker = TraceMaker()
    maker.add(at: [4]) { $0.linkSource = Self.mac }
    func codes(_ published: String, mac: String) throws -> [FindingCode] {
      let cluster = try cluster(
        node("n1", published, mac: mac, internalAddress: "172.30.9.11"),
        node("n2", "172.30.9.12", mac: "02:00:00:00:00:02", internalAddress: "172.30.9.12"))
      return maker.findings(cluster: cluster).map(\.code)
    }
    #expect(try codes("172.30.9.11", mac: "b6:6f:32:60:13:14") == [])
    #expect(try codes("10.0.2.15", mac: "b6:6f:32:60:13:14") == [.vtepSourceDiffers])
    #expect(
      try Set(codes("172.30.9.12", mac: "b6:6f:32:60:13:14"))
        == [.vtepSourceDiffers, .vtepAddressWrong])
    #expect(try codes("172.30.9.11", mac: "02:00:00:00:00:01") == [.vtepMACStale])
  }

  /// A wrong address of one node says nothing of another's.
  @Test func eachNodesAddressIsComparedWithItsOwnPublication() throws {
    var maker = maker()
    maker.add(at: TraceMaker.back) { $0.turnRound() }
    maker.add(at: [0, 1, 2, 3], next: 4) {
      if $0.isEncapsulated { $0.tunnelDestination = TraceMaker.address("10.0.2.15") }
    }
    let cluster = try cluster(
      node("n1", "10.0.2.16", mac: "b6:6f:32:60:13:14"),
      node("n2", "10.0.2.15", mac: "02:00:00:00:00:02"))
    let findings = maker.findings(cluster: cluster)
    #expect(findings.filter { $0.code == .vtepAddressWrong }.map(\.direction?.destination) == [1])
    #expect(findings.filter { $0.code == .vtepSourceDiffers }.map(\.direction?.source) == [0])
  }

  /// What nodes published contradicts itself, whatever was captured.
  @Test func nodesThatPublishedTheSame() throws {
    func summaries(_ address: String, _ pods: String) throws -> [String] {
      let cluster = try cluster(
        node("n1", "172.30.9.11", mac: "b6:6f:32:60:13:14", pods: ["10.42.1.0/24"]),
        node("n2", address, mac: "02:00:00:00:00:02", pods: [pods]))
      let findings = TraceMaker().findings(cluster: cluster)
      #expect(findings.allSatisfy { $0.severity == .warning })
      return findings.map(\.summary)
    }
    #expect(try summaries("172.30.9.12", "10.42.2.0/24") == [])
    #expect(
      try summaries("172.30.9.11", "10.42.2.0/24").map { $0.hasPrefix("n1 and n2 published") }
        == [true])
    #expect(
      try summaries("172.30.9.12", "10.42.0.0/16") == [
        "n1 and n2 have pod networks that overlap, at 10.42.1.0"
      ])
  }

  /// A large network may lie around several: all of their nodes are named.
  @Test(
    arguments: [
      ("10.42.0.0/16", "10.42.1.0/24", "10.42.2.0/24", "n1, n2 and n3", "10.42.1.0 and 10.42.2.0"),
      ("10.42.2.0/24", "10.42.0.0/16", "10.42.1.0/24", "n1, n2 and n3", "10.42.1.0 and 10.42.2.0"),
      ("10.42.1.0/24", "10.42.1.0/24", "10.42.1.0/24", "n1, n2 and n3", "10.42.1.0"),
      ("10.42.0.0/23", "10.43.0.0/16", "10.42.1.0/24", "n1 and n3", "10.42.1.0"),
    ])
  func networksAroundOthers(
    first: String, second: String, third: String, nodes: String, places: String
  ) throws {
    let cluster = try cluster(
      node("n1", "172.30.9.11", mac: "02:00:00:00:00:01", pods: [first]),
      node("n2", "172.30.9.12", mac: "02:00:00:00:00:02", pods: [second]),
      node("n3", "172.30.9.13", mac: "02:00:00:00:00:03", pods: [third]))
    #expect(
      TraceMaker().findings(cluster: cluster).map(\.summary) == [
        "\(nodes) have pod networks that overlap, at \(places)"
      ])
  }

  /// No list of pods: the packets tell that one has an address of the other node's network.
  @Test func aPodThatSendsFromAnotherNodesNetwork() throws {
    func codes(_ first: String, _ second: String) throws -> [FindingCode] {
      let cluster = try cluster(
        node("n1", "172.30.9.11", mac: "b6:6f:32:60:13:14", pods: [first]),
        node("n2", "172.30.9.12", mac: "02:00:00:00:00:02", pods: [second]))
      return maker().findings(cluster: cluster).map(\.code).filter { $0 != .overlayHealthy }
    }
    #expect(try codes("10.42.1.0/24", "10.42.2.0/24") == [])
    #expect(try codes("10.42.3.0/24", "10.42.1.0/24") == [.podAddressOutsideNode])
    // Addresses of no node's network are not judged: another CNI may give them.
    #expect(try codes("10.42.3.0/24", "10.42.2.0/24") == [])
  }

  @Test func podsOutsideOfTheirNodesNetwork() throws {
    let pod = """
      {"kind":"Pod","metadata":{"name":"web-0","namespace":"default"},"spec":{"nodeName":"n1"},
       "status":{"phase":"Running","podIP":"10.42.1.2"}}
      """
    func codes(_ networks: [String]) throws -> [FindingCode] {
      let cluster = try cluster(
        node("n1", "172.30.9.11", mac: "b6:6f:32:60:13:14", pods: networks), pod)
      return maker().findings(cluster: cluster).map(\.code)
    }
    #expect(try codes(["10.42.1.0/24"]) == [.overlayHealthy])
    #expect(try codes(["10.42.7.0/24"]).contains(.podAddressOutsideNode))
    let other = try cluster(
      node("n1", "172.30.9.11", mac: "b6:6f:32:60:13:14", pods: ["10.42.7.0/24"]), pod)
    let finding = maker().findings(cluster: other).first { $0.code == .podAddressOutsideNode }
    #expect(finding?.evidence == [FrameReference(file: 3, frame: 1)])
    // Calico gives pods addresses of networks that are no node's.
    let calico = """
      {"kind":"Node","metadata":{"name":"n1"},"spec":{"podCIDRs":["10.42.7.0/24"]}}
      """
    #expect(try maker().findings(cluster: cluster(calico, pod)).map(\.code) == [.overlayHealthy])
    // The networks of the other family say nothing of this address.
    #expect(try codes(["fd00:1::/64"]) == [.overlayHealthy])
  }
}
