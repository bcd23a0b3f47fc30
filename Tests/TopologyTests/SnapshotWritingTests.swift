import Foundation
import Packets
import TestSupport
import Testing

@testable import Topology

/// What is written is read back as it was, and keeps iproute2's words.
struct SnapshotWritingTests {
  private func tables(_ names: String...) throws -> NodeSnapshot {
    var snapshot = NodeSnapshot()
    for name in names {
      let file = Checkout.folder.appending(path: "Fixtures").appending(path: name)
      try snapshot.add(json: Data(contentsOf: file), source: name)
    }
    return snapshot
  }

  private func read(_ json: [UInt8]) throws -> NodeSnapshot {
    var snapshot = NodeSnapshot()
    try snapshot.add(json: json, source: "n1.json")
    return snapshot
  }

  @Test func everyTableComesBack() throws {
    var written = try tables(
      "ipv6/n1.addr.json", "ipv6/n1.neigh.json", "ipv6/n1.route.json", "ipv6/n1.route6.json",
      "ipv6/n1.fdb.json")
    written.namespaces = [
      JoinedNamespace(
        number: 1, inode: 4_026_532_315, name: "cni-1", process: 42,
        pod: PodIdentity(namespace: "default", name: "web-0", uid: "0a"),
        tables: try tables("demo/n2.addr.json", "demo/n2.route.json")),
      JoinedNamespace(number: 2, inode: 7, name: nil, process: nil, tables: NodeSnapshot()),
    ]
    var back = try read(written.json(node: "k3s-w-1", time: 1_795_382_679))
    #expect(back.nodeName == "k3s-w-1" && back.isWhole && !written.isWhole)
    (back.nodeName, back.isWhole) = (nil, false)
    for index in back.namespaces.indices { back.namespaces[index].tables.isWhole = false }
    #expect(back == written)
  }

  @Test func kindsThatTheFixturesLackComeBackToo() throws {
    var written = NodeSnapshot(
      links: [
        NetworkLink(index: 3, name: "tunl0", kind: .ipip(local: nil)),
        NetworkLink(index: 4, name: "flannel.ipip", kind: .ipip(local: IPAddress("192.0.2.1"))),
        NetworkLink(index: 5, name: "wg0", kind: .other("wireguard"), lowerName: "eth0"),
        NetworkLink(index: 6, name: "eth9", mac: MACAddress(bits: 9), kind: .physical),
        NetworkLink(index: 7, name: "eth8", mac: MACAddress(bits: 8), kind: .unknown),
        NetworkLink(index: 8, name: "lo", kind: .loopback),
      ], addresses: [], neighbours: [], forwardingEntries: [], routes: [])
    var external = VXLANDevice()
    external.isExternal = true
    written.links.append(NetworkLink(index: 9, name: "cilium_vxlan", kind: .vxlan(external)))
    let network = try #require(AddressPrefix("10.9.0.0/16"))
    let hops = [("eth8", "192.0.2.7"), ("eth9", "192.0.2.8")].map {
      Route.NextHop(interface: $0.0, gateway: IPAddress($0.1))
    }
    written.routes = [
      Route(destination: network, nextHops: [], type: "blackhole"),
      Route(destination: network, nextHops: hops, table: "77", metric: 100),
    ]
    var back = try read(written.json(node: "n1", time: 0))
    back.nodeName = nil
    #expect(back == written)
  }

  @Test func namesCannotBreakTheirQuotes() throws {
    let name = "a\"b\\c\u{1b}[2J"
    let snapshot = NodeSnapshot(
      links: [NetworkLink(index: 1, name: name, kind: .physical)], addresses: [], neighbours: [],
      forwardingEntries: [], routes: [])
    let json = try snapshot.json(node: name, time: 0)
    #expect(!json.contains(0x1b))
    #expect(try read(json).links.map(\.name) == ["a\"b\\c\u{fffd}[2J"])
  }

  @Test func everyShorterSnapshotIsAnError() throws {
    let json = try tables("demo/n1.route.json").json(node: "n1", time: 0)
    for count in stride(from: 0, to: json.count - 1, by: 7) {
      #expect(throws: SnapshotError.self) { _ = try read(Array(json.prefix(count))) }
    }
  }
}
