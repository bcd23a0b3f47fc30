import Packets
import Testing
import Topology

struct SnapshotParsingTests {
  private func snapshot(_ json: String) throws -> NodeSnapshot {
    var snapshot = NodeSnapshot()
    try snapshot.add(json: json.utf8, source: "n1.json")
    return snapshot
  }

  @Test func routesAsTheKernelsToolsPrintThem() throws {
    let snapshot = try snapshot(
      """
      [{"dst":"default","gateway":"172.30.9.1","dev":"eth0","flags":[]},
       {"type":"blackhole","dst":"10.9.0.0/16","flags":[]},
       {"dst":"10.42.1.0/24","dev":"cni0","protocol":"kernel","scope":"link","flags":["linkdown"]},
       {"dst":"10.42.2.0/24","gateway":"10.42.2.0","dev":"flannel.1","flags":["onlink"]},
       {"dst":"10.42.2.9","dev":"wg0","table":"77","flags":[]},
       {"dst":"10.50.0.0/16","dev":"eth0","metric":200,"flags":[]},
       {"dst":"10.50.0.0/16","dev":"eth1","metric":100,"flags":[]},
       {"dst":"10.60.0.0/16","via":{"family":"inet6","host":"fe80::1"},"dev":"eth0","flags":[]},
       {"dst":"10.70.0.0/16","flags":[],"nexthops":[
         {"gateway":"172.30.9.2","dev":"eth0","weight":1,"flags":[]},
         {"gateway":"172.30.9.3","dev":"eth1","weight":1,"flags":[]}]},
       {"type":"local","dst":"172.30.9.11","dev":"eth0","table":"local","protocol":"kernel"},{}]
      [{"dst":"fe80::/64","dev":"eth0","protocol":"kernel","metric":256,"pref":"medium"},
       {"dst":"default","dev":"eth2","metric":1024,"flags":[],"pref":"medium"}]
      """)
    func interfaces(_ address: String) throws -> [String?]? {
      let address = try #require(IPAddress(address))
      return snapshot.route(to: address)?.nextHops.map(\.interface)
    }
    #expect(try interfaces("8.8.8.8") == ["eth0"])
    #expect(try interfaces("10.9.1.1") == [])
    #expect(try interfaces("10.42.1.7") == ["cni0"])
    #expect(try interfaces("10.42.2.9") == ["flannel.1"])
    #expect(try interfaces("10.50.1.1") == ["eth1"])
    #expect(try interfaces("10.70.1.1") == ["eth0", "eth1"])
    #expect(try interfaces("fe80::9") == ["eth0"])
    #expect(try interfaces("fd00::9") == ["eth2"])
    let address = try #require(IPAddress("10.60.0.1"))
    let via = snapshot.route(to: address)
    #expect(via?.nextHops.first?.gateway == IPAddress("fe80::1"))
    #expect(snapshot.routes.count == 12)
  }

  @Test func linksWithoutDetailsLeaveTheRoleToTheName() throws {
    let snapshot = try snapshot(
      #"[{"ifindex":3,"ifname":"eth0","mtu":1500,"link_type":"ether","address":"02:00:00:00:00:01"}]"#
    )
    #expect(snapshot.link(named: "eth0")?.kind == .unknown)
    #expect(snapshot.link(named: "eth0")?.mac == MACAddress(bits: 0x0200_0000_0001))
    #expect(snapshot.role(ofInterfaceNamed: "eth0") == nil)
  }

  @Test(
    arguments: [
      (#""ifname":"data0""#, InterfaceRole.nic),
      (#""ifname":"bond0","linkinfo":{"info_kind":"bond","info_data":{"mode":"802.3ad"}}"#, .nic),
      (
        #""ifname":"x.5","linkinfo":{"info_kind":"vlan","info_data":{"id":5,"protocol":"802.1Q"}}"#,
        .nic
      ),
      (#""ifname":"x","linkinfo":{"info_kind":"vlan","info_data":{"id":"five","port":[]}}"#, .nic),
      (#""ifname":"wg0","linkinfo":{"info_kind":"wireguard"}"#, .vtep),
      (
        #""ifname":"mybridge","linkinfo":{"info_kind":"bridge","info_data":{"priority":1}}"#,
        .bridge
      ),
      (#""ifname":"pod1","linkinfo":{"info_kind":"veth"}"#, .veth),
      (#""ifname":"eth7","master":"cni0","linkinfo":{"info_kind":"veth"}"#, .veth),
      (#""ifname":"eth7","linkinfo":{"info_kind":"veth"}"#, .nic),
      (#""ifname":"uplink","linkinfo":{"info_kind":"veth"}"#, .nic),
      (#""ifname":"br-ex","linkinfo":{"info_kind":"bridge"}"#, .nic),
      (#""ifname":"tun0","linkinfo":{"info_kind":"tun","info_data":{"type":"tun"}}"#, nil),
    ] as [(String, InterfaceRole?)])
  func rolesOfOtherKinds(fields: String, expected: InterfaceRole?) throws {
    let snapshot = try snapshot(
      """
      [{"ifindex":7,"promiscuity":0,"link_type":"ether",\(fields)},
       {"ifindex":8,"ifname":"vx1","linkinfo":{"info_kind":"vxlan","info_data":{"link":"uplink"}}},
       {"ifindex":9,"ifname":"vx2","linkinfo":{"info_kind":"vxlan",
        "info_data":{"id":2,"local":"192.0.2.1"}}}]
      [{"ifindex":11,"ifname":"br-ex","addr_info":[{"local":"192.0.2.1","prefixlen":24}]}]
      """)
    let name = try #require(snapshot.interfaceName(ofIndex: 7))
    #expect(snapshot.role(ofInterfaceNamed: name) == expected)
  }

  @Test(arguments: [
    ("", "n1.json: is empty"),
    (" \n", "n1.json: is empty"),
    ("1: lo: <LOOPBACK,UP>", "n1.json: no JSON table at byte 0: the output of 'ip -j -d link'"),
    ("[] x", "n1.json: no JSON table at byte 3"),
    (#"{"a":1}"#, "n1.json: no JSON table at byte 0"),
    (#"[{"ifindex":1,"ifname":"lo""#, "n1.json: table at byte 0: no valid JSON, or cut short; "),
    (#"[{"ifindex":1}]"#, "n1.json: table at byte 0: row 1: 'ifname' is missing"),
    (#"[{},{"ifindex":"x","ifname":"lo"}]"#, "n1.json: table at byte 0: row 2, ifindex: "),
    (#"[{"kind":"Pod"}]"#, "n1.json: table at byte 0: row 1: no row of ip -j link, addr,"),
    ("[1]", "n1.json: table at byte 0: row 1: "),
    (#"[{"ifindex":-1,"ifname":"lo"}]"#, "n1.json: table at byte 0: "),
    ("]", "n1.json: no JSON table at byte 0"),
  ])
  func errorsSayWhatAndWhere(json: String, expected: String) {
    let error = #expect(throws: SnapshotError.self) { _ = try snapshot(json) }
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }

  @Test func nothingIsTakenFromATableThatIsBroken() throws {
    var snapshot = NodeSnapshot()
    let json = #"[{"ifindex":1,"ifname":"lo"},{"ifindex":2}]"#
    #expect(throws: SnapshotError.self) { try snapshot.add(json: json.utf8, source: "n1.json") }
    #expect(snapshot == NodeSnapshot())
  }

  @Test func hostileNamesCannotSteerATerminal() throws {
    let snapshot = try snapshot(#"[{"ifindex":1,"ifname":"a\u001b[2Jb"}]"#)
    #expect(snapshot.interfaceName(ofIndex: 1) == "a\u{fffd}[2Jb")
    let error = #expect(throws: SnapshotError.self) {
      var snapshot = NodeSnapshot()
      try snapshot.add(json: "x".utf8, source: "a\u{1b}[2J")
    }
    #expect(error?.description.hasPrefix("a\u{fffd}[2J: ") == true)
  }

  @Test func deepNestingIsAnErrorAndNoCrash() {
    let json = String(repeating: "[", count: 100_000)
    #expect(throws: SnapshotError.self) { _ = try snapshot(json) }
    let rows = #"[{"ifindex":1,"ifname":"lo","x":"# + json
    #expect(throws: SnapshotError.self) { _ = try snapshot(rows) }
  }

  @Test func everyShorterTableIsAnError() {
    let json =
      #"[{"dst":"10.42.2.0","dev":"flannel.1","lladdr":"02:00:00:00:00:02","state":["X"]}]"#
    for count in 0..<json.utf8.count {
      #expect(throws: SnapshotError.self) { _ = try snapshot(String(json.prefix(count))) }
    }
  }
}
