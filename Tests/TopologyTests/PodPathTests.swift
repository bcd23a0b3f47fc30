import Packets
import TestSupport
import Testing

@testable import Topology

/// Ways to pods that the lab's kernel has no devices for, from tables as iproute2 prints them.
struct PodPathTests {
  private func snapshot(_ json: String) throws -> NodeSnapshot {
    var snapshot = NodeSnapshot()
    try snapshot.add(json: json.utf8, source: "n1.json")
    return snapshot
  }

  private func path(_ json: String, to address: String) throws -> PodPath {
    try snapshot(json).path(toPod: #require(IPAddress(address)))
  }

  private static let card = """
    {"ifindex":2,"ifname":"eth0","mtu":1500,"operstate":"UP","link_type":"ether",
     "address":"02:00:00:00:00:0b","promiscuity":0,
     "addr_info":[{"family":"inet","local":"172.30.9.11","prefixlen":24}]}
    """

  /// Flannel's ipip backend: a device with an address of its own, the far node as gateway.
  private static let flannelIPIP = """
    [\(card),
     {"ifindex":4,"link":null,"ifname":"flannel.ipip","mtu":1480,"operstate":"UNKNOWN",
      "link_type":"ipip","address":"172.30.9.11","broadcast":"0.0.0.0","promiscuity":0,
      "linkinfo":{"info_kind":"ipip","info_data":{"proto":"ipip","remote":"any",
       "local":"172.30.9.11","ttl":0,"pmtudisc":true}},
      "addr_info":[{"family":"inet","local":"10.42.1.0","prefixlen":32}]},
     {"ifindex":5,"ifname":"cni0","mtu":1480,"operstate":"UP","promiscuity":0,
      "linkinfo":{"info_kind":"bridge"},
      "addr_info":[{"family":"inet","local":"10.42.1.1","prefixlen":24}]},
     {"ifindex":6,"link_index":2,"ifname":"veth0a","mtu":1480,"operstate":"UP","master":"cni0",
      "link_netnsid":0,"promiscuity":0,"linkinfo":{"info_kind":"veth"}}]
    [{"dst":"10.42.1.7","dev":"cni0","lladdr":"02:00:00:00:00:07","state":["REACHABLE"]}]
    [{"dst":"default","gateway":"172.30.9.1","dev":"eth0","flags":[]},
     {"dst":"10.42.1.0/24","dev":"cni0","flags":[]},
     {"dst":"10.42.2.0/24","gateway":"172.30.9.12","dev":"flannel.ipip","flags":["onlink"]},
     {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
    [{"mac":"02:00:00:00:00:07","ifname":"veth0a","flags":[],"master":"cni0","state":""}]
    """

  @Test func ipipLeadsToItsGateway() throws {
    let path = try path(Self.flannelIPIP, to: "10.42.2.9")
    #expect(path.place == .elsewhere)
    #expect(path.points.map(\.interface) == ["flannel.ipip", "eth0"])
    #expect(path.points.map(\.role) == [.vtep, .nic])
    #expect(path.remote == IPAddress("172.30.9.12"))
    #expect(path.problems == [])
    #expect(path.point(.vtep)?.link.mac == nil)
  }

  /// A table without a row does not say which one it is: it may be the one that seems to be missing.
  @Test func anEmptyTableIsNoMissingOne() throws {
    let neighbours = try #require(
      Self.flannelIPIP.split(separator: "\n").first { $0.contains("REACHABLE") })
    let without = Self.flannelIPIP.replacing(neighbours, with: "")
    #expect(try path(without, to: "10.42.1.7").problems.map(\.code) == [.tablesMissing])
    let empty = Self.flannelIPIP.replacing(neighbours, with: "[]")
    #expect(try !path(empty, to: "10.42.1.7").problems.map(\.code).contains(.tablesMissing))
  }

  /// The node of a pod that nobody has talked to is known by its pods' network alone.
  @Test func theNodeOfASilentPodIsCompared() throws {
    let device = { (address: String, mac: String) in
      """
      {"ifindex":4,"ifname":"flannel.1","mtu":1450,"address":"\(mac)","promiscuity":0,"linkinfo":
       {"info_kind":"vxlan","info_data":{"id":1,"local":"\(address)","link":"eth0"}}}
      """
    }
    let near = try snapshot(
      """
      [\(Self.card),\(device("172.30.9.11", "02:00:00:00:00:01"))]
      [{"dst":"10.42.2.0","dev":"flannel.1","lladdr":"02:00:00:00:00:02","state":["PERMANENT"]}]
      [{"dst":"10.42.2.0/24","gateway":"10.42.2.0","dev":"flannel.1","flags":["onlink"]},
       {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
      [{"mac":"02:00:00:00:00:02","ifname":"flannel.1","dst":"172.30.9.12","flags":["self"]}]
      """)
    let far = try snapshot(
      """
      [\(Self.card.replacing("172.30.9.11", with: "172.30.9.12")),
       \(device("172.30.9.12", "02:00:00:00:00:99")),
       {"ifindex":5,"ifname":"cni0","mtu":1450,"operstate":"UP","promiscuity":0,
        "linkinfo":{"info_kind":"bridge"}}]
      [{"dst":"10.42.2.0/24","dev":"cni0","flags":[]}]
      """)
    var path = near.path(toPod: try #require(IPAddress("10.42.2.5")))
    path.compare(with: [("n1", near), ("n2", far)])
    #expect(path.remoteNode == "n2")
    #expect(path.problems.map(\.code) == [.vtepMACStale])
  }

  @Test(
    arguments: [
      ("flannel.1", #""id":1,"port":8472"#, []),
      ("flannel.2", #""id":2,"port":8472"#, [.vniMismatch]),
      ("flannel.1", #""id":1,"port":4789"#, [.portMismatch]),
      ("vxlan0", #""id":2,"port":4789"#, [.vniMismatch, .portMismatch]),
    ] as [(String, String, [PathProblem.Code])])
  func theFarDeviceHasToExpectWhatIsSent(
    name: String, settings: String, expected: [PathProblem.Code]
  ) throws {
    let device = { (name: String, address: String, mac: String, settings: String) in
      """
      {"ifindex":4,"ifname":"\(name)","mtu":1450,"address":"\(mac)","promiscuity":0,"linkinfo":
       {"info_kind":"vxlan","info_data":{\(settings),"local":"\(address)","link":"eth0"}}}
      """
    }
    let own = device("flannel.1", "172.30.9.11", "02:00:00:00:00:01", #""id":1,"port":8472"#)
    let near = try snapshot(
      """
      [\(Self.card),\(own)]
      [{"dst":"10.42.2.0","dev":"flannel.1","lladdr":"02:00:00:00:00:02","state":["PERMANENT"]}]
      [{"dst":"10.42.2.0/24","gateway":"10.42.2.0","dev":"flannel.1","flags":["onlink"]},
       {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
      [{"mac":"02:00:00:00:00:02","ifname":"flannel.1","dst":"172.30.9.12","flags":["self"]}]
      """)
    let far = try snapshot(
      """
      [\(Self.card.replacing("172.30.9.11", with: "172.30.9.12")),
       \(device(name, "172.30.9.12", "02:00:00:00:00:02", settings)),
       {"ifindex":5,"ifname":"cni0","mtu":1450,"operstate":"UP","promiscuity":0,
        "linkinfo":{"info_kind":"bridge"}}]
      [{"dst":"10.42.2.0/24","dev":"cni0","flags":[]}]
      """)
    var path = near.path(toPod: try #require(IPAddress("10.42.2.5")))
    path.compare(with: [("n1", near), ("n2", far)])
    #expect(path.problems.map(\.code) == expected)
  }

  @Test func podsBehindABridgeLeaveByIPIP() throws {
    let path = try path(Self.flannelIPIP, to: "10.42.1.7")
    #expect(path.place == .here)
    #expect(path.points.map(\.interface) == ["veth0a", "cni0", "flannel.ipip", "eth0"])
    #expect(path.problems == [])
  }

  /// Calico's IP in IP: one device without a local address, routes by BIRD.
  @Test func calicosSharedTunnelLeadsToItsGateway() throws {
    let tables = """
      [\(Self.card),
       {"ifindex":3,"link":null,"ifname":"tunl0","mtu":1480,"operstate":"UNKNOWN",
        "link_type":"ipip","address":"0.0.0.0","promiscuity":0,
        "linkinfo":{"info_kind":"ipip","info_data":{"remote":"any","local":"any","ttl":0}},
        "addr_info":[{"family":"inet","local":"192.168.7.64","prefixlen":32}]},
       {"ifindex":7,"link_index":4,"ifname":"cali0123456789a","mtu":1480,"operstate":"UP",
        "link_netnsid":1,"promiscuity":0,"linkinfo":{"info_kind":"veth"}}]
      [{"dst":"192.168.7.65","dev":"cali0123456789a","scope":"link","flags":[]},
       {"type":"blackhole","dst":"192.168.7.64/26","protocol":"bird","flags":[]},
       {"dst":"192.168.9.0/26","gateway":"172.30.9.12","dev":"tunl0","flags":["onlink"]},
       {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
      """
    let far = try path(tables, to: "192.168.9.5")
    #expect(far.points.map(\.interface) == ["tunl0", "eth0"])
    #expect(far.remote == IPAddress("172.30.9.12") && far.problems == [])
    let near = try path(tables, to: "192.168.7.65")
    #expect(near.points.map(\.interface) == ["cali0123456789a", "tunl0"])
    #expect(near.place == .here && near.problems == [])
    let gone = try path(tables, to: "192.168.7.66")
    #expect(gone.place == .unknown && gone.problems.map(\.code) == [.routeRefuses])
  }

  @Test func twoNodesBehindOneMACAreAContradiction() throws {
    let path = try path(
      """
      [\(Self.card),{"ifindex":4,"ifname":"flannel.1","mtu":1450,"promiscuity":0,"linkinfo":
       {"info_kind":"vxlan","info_data":{"id":1,"local":"172.30.9.11","link":"eth0"}}}]
      [{"dst":"10.42.2.0","dev":"flannel.1","lladdr":"02:00:00:00:00:02","state":["PERMANENT"]}]
      [{"dst":"10.42.2.0/24","gateway":"10.42.2.0","dev":"flannel.1","flags":["onlink"]},
       {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
      [{"mac":"02:00:00:00:00:02","ifname":"flannel.1","dst":"172.30.9.12","flags":["self"]},
       {"mac":"02:00:00:00:00:02","ifname":"flannel.1","dst":"172.30.9.13","flags":["self"]}]
      """, to: "10.42.2.5")
    #expect(path.problems.map(\.code) == [.fdbAmbiguous])
    #expect(path.problems.first?.summary.hasSuffix("172.30.9.12, 172.30.9.13") == true)
  }

  /// Cilium's devices take the far end from each packet: no table has it.
  @Test func devicesWithoutTablesAreNotBlamed() throws {
    let path = try path(
      """
      [\(Self.card),{"ifindex":4,"ifname":"cilium_vxlan","mtu":1450,"promiscuity":0,"linkinfo":
       {"info_kind":"vxlan","info_data":{"external":true}}}]
      [{"dst":"10.42.2.0/24","dev":"cilium_vxlan","flags":[]},
       {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
      """, to: "10.42.2.5")
    #expect(path.place == .elsewhere && path.remote == nil && path.problems == [])
  }

  @Test func aSilentNodeIsNamed() throws {
    let path = try path(
      """
      [\(Self.card)][{"dst":"172.30.9.12","dev":"eth0","state":["FAILED"]}]
      [{"dst":"10.42.2.0/24","gateway":"172.30.9.12","dev":"eth0","flags":[]},
       {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
      """, to: "10.42.2.5")
    #expect(path.points.map(\.interface) == ["eth0"])
    #expect(path.problems.map(\.code) == [.remoteSilent])
  }

  @Test func theDefaultRouteIsNoWayToAPod() throws {
    let plain = #"[{"dst":"default","gateway":"172.30.9.1","dev":"eth0","flags":[]}]"#
    let path = try path("[\(Self.card)]" + plain, to: "10.42.2.5")
    #expect(path.remote == nil)
    #expect(path.problems.map(\.code) == [.routeMissing])
    // Where no node has a tunnel, the network itself may know the way.
    #expect(path.problems.map(\.severity) == [.warning])
  }

  @Test func impossibleNumbersDoNoHarm() throws {
    let path = try path(
      """
      [\(Self.card),{"ifindex":4294967295,"ifname":"flannel.1","mtu":4294967295,"promiscuity":0,
       "link_index":4294967295,"link_netnsid":-2147483648,"linkinfo":
       {"info_kind":"vxlan","info_data":{"id":4294967295,"port":65535,"link":"eth0"}}}]
      [{"dst":"10.42.2.0/24","dev":"flannel.1","metric":4294967295},{"dst":"10.42.2.0/33"}]
      [{"dst":"10.42.2.5","dev":"flannel.1","lladdr":"02:00:00:00:00:02","state":["PERMANENT"]}]
      [{"mac":"02:00:00:00:00:02","ifname":"flannel.1","dst":"10.42.2.7"}]
      """, to: "10.42.2.5")
    #expect(path.problems.map(\.code) == [.remoteUnreachable, .mtuVTEPAboveNIC])
  }

  @Test func tablesThatWereNotGivenAreNotMissed() throws {
    let link = """
      [\(Self.card),{"ifindex":4,"ifname":"flannel.1","mtu":1450,"promiscuity":0,"linkinfo":
       {"info_kind":"vxlan","info_data":{"id":1,"local":"172.30.9.11","link":"eth0"}}}]
      """
    let nothing = try path(link, to: "10.42.2.5")
    #expect(nothing.problems.map(\.code) == [.tablesMissing])
    let routed = try path(
      link + #"[{"dst":"10.42.2.0/24","gateway":"10.42.2.0","dev":"flannel.1"}]"#, to: "10.42.2.5")
    #expect(routed.problems.map(\.code) == [.tablesMissing])
    #expect(routed.problems.first?.summary.contains("ip -j neigh, bridge -j fdb") == true)
  }

  @Test func ofOneNodeTheOtherKnowsBetter() throws {
    let far = """
      [{"ifindex":2,"ifname":"eth0","addr_info":[{"local":"172.30.9.12","prefixlen":24}]},
       {"ifindex":4,"ifname":"flannel.1","address":"02:00:00:00:00:22","promiscuity":0,
        "linkinfo":{"info_kind":"vxlan","info_data":{"id":1,"link":"eth0"}}},
       {"ifindex":7,"ifname":"cali1","promiscuity":0,"linkinfo":{"info_kind":"veth"}}]
      [{"dst":"10.42.2.5","dev":"cali1","flags":[]}]
      """
    let near = """
      [\(Self.card),{"ifindex":4,"ifname":"flannel.1","mtu":1450,"promiscuity":0,"linkinfo":
       {"info_kind":"vxlan","info_data":{"id":1,"local":"172.30.9.11","link":"eth0"}}}]
      [{"dst":"10.42.2.0","dev":"flannel.1","lladdr":"02:00:00:00:00:02","state":["PERMANENT"]}]
      [{"dst":"10.42.2.0/24","gateway":"10.42.2.0","dev":"flannel.1","flags":["onlink"]},
       {"dst":"172.30.9.0/24","dev":"eth0","flags":[]}]
      [{"mac":"02:00:00:00:00:02","ifname":"flannel.1","dst":"172.30.9.13","flags":["self"]}]
      """
    let nodes = try [(name: "n1", tables: snapshot(near)), (name: "n2", tables: snapshot(far))]
    var path = try path(near, to: "10.42.2.5")
    #expect(path.problems == [])
    path.compare(with: nodes)
    #expect(path.remoteNode == "n2")
    #expect(path.problems.map(\.code) == [.remoteWrong, .vtepMACStale])
  }
}
