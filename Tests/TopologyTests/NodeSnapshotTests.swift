import Foundation
import Packets
import Testing

@testable import Topology

/// Against tables that the kernel's tools printed in the lab, whose set-up is what is expected here.
struct NodeSnapshotTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  private func snapshot(
    _ scenario: String, _ tables: [String] = ["link", "addr", "neigh", "route", "fdb"]
  ) throws -> NodeSnapshot {
    var snapshot = NodeSnapshot()
    for table in tables {
      let file = Self.fixtures.appendingPathComponent("\(scenario)/n1.\(table).json")
      try snapshot.add(json: Data(contentsOf: file), source: file.lastPathComponent)
    }
    return snapshot
  }

  @Test(arguments: ["demo", "any", "clusterip", "ipv6"])
  func rolesComeFromTheKindsOfLinks(scenario: String) throws {
    for tables in [["link"], ["link", "addr"], ["addr", "link"]] {
      let snapshot = try snapshot(scenario, tables)
      #expect(snapshot.role(ofInterfaceNamed: "eth0") == .nic)
      #expect(snapshot.role(ofInterfaceNamed: "cni0") == .bridge)
      #expect(snapshot.role(ofInterfaceNamed: "flannel.1") == .vtep)
      #expect(snapshot.role(ofInterfaceNamed: "veth11aa") == .veth)
      #expect(snapshot.role(ofInterfaceNamed: "lo") == nil)
      #expect(snapshot.role(ofInterfaceNamed: "eth9") == nil)
    }
  }

  @Test func linksAreKnownByIndexAndName() throws {
    let snapshot = try snapshot("demo")
    let bridge = try #require(snapshot.link(named: "cni0"))
    #expect(snapshot.interfaceName(ofIndex: bridge.index) == "cni0")
    #expect(snapshot.interfaceName(ofIndex: 0) == nil)
    #expect(snapshot.interfaceName(ofIndex: .max) == nil)
    let pair = try #require(snapshot.link(named: "veth11aa"))
    #expect(pair.master == "cni0" && pair.kind == .veth && pair.mtu == 1450)
    #expect(pair.lowerIndex != nil && pair.lowerNamespace != nil && pair.lowerName == nil)
  }

  @Test func vxlanDevicesAreKnownWithTheirSettings() throws {
    let snapshot = try snapshot("ipv6")
    let v4 = VXLANDevice(vni: 1, local: IPAddress("172.30.9.11"), port: 8472, lowerName: "eth0")
    let v6 = VXLANDevice(
      vni: 1, local: IPAddress("fd00:172:30:9::11"), port: 8472, lowerName: "eth0")
    #expect(snapshot.link(named: "flannel.1")?.kind == .vxlan(v4))
    #expect(snapshot.link(named: "flannel-v6.1")?.kind == .vxlan(v6))
    #expect(snapshot.tunnelAddresses == [v4.local, v6.local].compactMap { $0 })
  }

  @Test func tablesLeadToTheOtherNode() throws {
    let snapshot = try snapshot("demo")
    let destination = try #require(IPAddress("10.42.2.2"))
    let route = try #require(snapshot.route(to: destination))
    let gateway = try #require(IPAddress("10.42.2.0"))
    #expect(route.nextHops == [Route.NextHop(interface: "flannel.1", gateway: gateway)])
    let mac = try #require(snapshot.neighbour(gateway, on: "flannel.1")?.mac)
    let entries = snapshot.forwardingEntries.filter { $0.mac == mac && $0.remote != nil }
    #expect(entries.map(\.interface) == ["flannel.1"])
    #expect(entries.map(\.remote) == [IPAddress("172.30.9.12")])
    let own = try #require(IPAddress("10.42.1.1"))
    #expect(snapshot.owns(own) && !snapshot.owns(gateway))
    #expect(snapshot.route(to: own)?.nextHops.first?.interface == "cni0")
    let elsewhere = try #require(IPAddress("8.8.8.8"))
    #expect(snapshot.route(to: elsewhere) == nil)
  }

  @Test func tablesOfOneNodeMayBeInOneFile() throws {
    var all = Data()
    for table in ["addr", "link", "neigh", "route", "fdb"] {
      all += try Data(contentsOf: Self.fixtures.appendingPathComponent("demo/n1.\(table).json"))
    }
    var snapshot = NodeSnapshot()
    try snapshot.add(json: all, source: "n1.json")
    #expect(try snapshot == self.snapshot("demo", ["addr", "link", "neigh", "route", "fdb"]))
  }
}
