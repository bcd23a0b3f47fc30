import Foundation
import Packets
import Testing

@testable import Topology

@Suite struct ClusterTests {
  private static let list = """
    {"apiVersion":"v1","kind":"List","items":[
     {"kind":"Node","metadata":{"name":"n1","annotations":{
       "flannel.alpha.coreos.com/backend-data":"{\\"VNI\\":1,\\"VtepMAC\\":\\"b6:6f:32:60:13:14\\"}",
       "flannel.alpha.coreos.com/backend-v6-data":"{\\"VNI\\":1,\\"VtepMAC\\":\\"42:3f:d7:49:d4:10\\"}",
       "flannel.alpha.coreos.com/public-ip":"10.0.2.15",
       "flannel.alpha.coreos.com/public-ip-overwrite":"172.30.9.11"}},
      "spec":{"podCIDR":"10.42.1.0/24","podCIDRs":["10.42.1.0/24","fd00:1::/64"]},
      "status":{"addresses":[{"type":"InternalIP","address":"172.30.9.11"},
       {"type":"Hostname","address":"n1"}]}},
     {"kind":"Pod","metadata":{"name":"web-0","namespace":"default"},"spec":{"nodeName":"n1"},
      "status":{"phase":"Running","podIP":"10.42.1.2","podIPs":[{"ip":"10.42.1.2"},{"ip":"fd00:1::2"}]}},
     {"kind":"Pod","metadata":{"name":"proxy","namespace":"kube-system"},
      "spec":{"nodeName":"n1","hostNetwork":true},"status":{"phase":"Running","podIP":"172.30.9.11"}},
     {"kind":"Pod","metadata":{"name":"job","namespace":"default"},"spec":{"nodeName":"n1"},
      "status":{"phase":"Succeeded","podIP":"10.42.1.9"}},
     {"kind":"Service","metadata":{"name":"dns","namespace":"kube-system"},
      "spec":{"clusterIP":"10.43.0.10","clusterIPs":["10.43.0.10"]}},
     {"kind":"Service","metadata":{"name":"headless","namespace":"default"},
      "spec":{"clusterIP":"None","clusterIPs":["None"]}},
     {"kind":"ConfigMap","metadata":{"name":"other"}}]}
    """

  private func cluster(prefix: String = Cluster.usualPrefix) throws -> Cluster {
    var cluster = Cluster()
    try cluster.add(json: Self.list.utf8, source: "cluster.json", annotationPrefix: prefix)
    return cluster
  }

  @Test(arguments: [
    ("10.42.1.2", "default/web-0"), ("fd00:1::2", "default/web-0"),
    ("10.43.0.10", "kube-system/dns"), ("172.30.9.11", "n1"), ("10.42.1.9", nil),
  ])
  func names(_ address: String, _ name: String?) throws {
    #expect(try cluster().name(of: #require(IPAddress(address))) == name)
  }

  @Test func whatFlannelPublished() throws {
    let node = try #require(try cluster().node(named: "n1"))
    #expect(node.vtepMACs.map(\.description) == ["b6:6f:32:60:13:14", "42:3f:d7:49:d4:10"])
    #expect(node.publicAddresses.map(\.description) == ["172.30.9.11"])
    #expect(node.translatedAddresses == node.publicAddresses)
    #expect(node.podNetworks.count == 2)
    #expect(try cluster(prefix: "other/").node(named: "n1")?.vtepMACs == [])
  }

  /// Names are as long as Kubernetes allows, and steer nothing.
  @Test func longAndHostileNames() throws {
    let long = String(repeating: "very-long-", count: 25)
    let json = """
      {"kind":"PodList","items":[
       {"metadata":{"name":"\(long)a","namespace":"\(long)"},
        "spec":{"nodeName":"\(long)"},"status":{"podIP":"10.42.1.2"}},
       {"metadata":{"name":"\(long)b","namespace":"\(long)"},"status":{"podIP":"10.42.1.3"}},
       {"metadata":{"name":"x\\u001b[2J\\u202e\(long)\(long)"},"status":{"podIP":"10.42.1.4"}}]}
      """
    var cluster = Cluster()
    try cluster.add(json: json.utf8, source: "pods.json")
    let addresses = try (2...4).map { try #require(IPAddress("10.42.1.\($0)")) }
    #expect(cluster.name(of: addresses[0]) == "\(long)/\(long)a")
    #expect(cluster.podAddresses(named: "\(long)/\(long)a") == [addresses[0]])
    #expect(cluster.nodeOfPod[addresses[0]] == long)
    #expect(cluster.name(of: addresses[1]) == "\(long)/\(long)b")
    let hostile = try #require(cluster.name(of: addresses[2]))
    #expect(hostile.hasPrefix("x\u{fffd}[2J\u{fffd}very-long-"))
    #expect(hostile.count == 253)
  }

  @Test func namesStandInFrontOfAddresses() throws {
    #expect(
      try cluster().named("requests reach 10.42.1.2:80 and 10.43.0.10, not 10.9.9.9")
        == "requests reach default/web-0 10.42.1.2:80 and kube-system/dns 10.43.0.10, not 10.9.9.9")
  }

  /// As `kubectl get endpointslices -A -o json` prints it: a pod, a pod on the host's network, an address
  /// outside of the cluster.
  private static let slices = """
    {"apiVersion":"v1","kind":"List","items":[
     {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","addressType":"IPv4",
      "metadata":{"name":"db-x7k2p","namespace":"default","labels":{"kubernetes.io/service-name":"db"}},
      "ports":[{"port":5432}],
      "endpoints":[
       {"addresses":["10.42.2.7"],"conditions":{"ready":true},"nodeName":"n2",
        "targetRef":{"kind":"Pod","namespace":"default","name":"db-0"}},
       {"addresses":["172.30.9.11"],"nodeName":"n1",
        "targetRef":{"kind":"Pod","namespace":"kube-system","name":"proxy"}},
       {"addresses":["192.0.2.50"]}]},
     {"kind":"EndpointSlice","metadata":{"name":"none","namespace":"default"},"endpoints":null}]}
    """

  @Test(arguments: [[slices, list], [list, slices]])
  func backendsOfServicesHaveNames(_ files: [String]) throws {
    var cluster = Cluster()
    for file in files { try cluster.add(json: file.utf8, source: "a") }
    func name(_ text: String) throws -> String? {
      cluster.name(of: try #require(IPAddress(text)))
    }
    #expect(try name("10.42.2.7") == "default/db-0")
    #expect(try name("192.0.2.50") == "default/db")
    #expect(try name("10.42.1.2") == "default/web-0")
    // A pod on the host's network has the node's address, which is the node's.
    #expect(try name("172.30.9.11") == "n1")
    #expect(cluster.nodeOfPod.count == 3)
    #expect(cluster.podAddresses(named: "default/db-0") == [IPAddress("10.42.2.7")])
    #expect(cluster.podAddresses(named: "kube-system/proxy").isEmpty)
  }

  @Test func aSingleObjectAndATypedList() throws {
    var cluster = Cluster()
    try cluster.add(
      json: """
        {"kind":"Pod","metadata":{"name":"a","namespace":"x"},
         "spec":{"nodeName":"n1"},"status":{"phase":"Running","podIP":"10.42.1.5"}}
        """.utf8, source: "a")
    // As the API itself answers: the items do not say what they are.
    try cluster.add(
      json: """
        {"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"b","namespace":"x"},
         "spec":{"nodeName":"n1"},"status":{"phase":"Running","podIP":"10.42.1.6"}}]}
        """.utf8, source: "b")
    #expect(
      Set(cluster.names.map { "\($0.key) \($0.value)" }) == ["10.42.1.5 x/a", "10.42.1.6 x/b"])
  }

  @Test func annotationsOfOtherPrefixes() throws {
    var cluster = Cluster()
    let json = Self.list.replacing("flannel.alpha.coreos.com/", with: "net.example/")
      .replacing("public-ip-overwrite\":\"172.30.9.11", with: "public-ipv6\":\"fd00:9::11")
    try cluster.add(json: json.utf8, source: "a", annotationPrefix: "net.example/")
    let node = try #require(cluster.node(named: "n1"))
    #expect(node.vtepMACs.map(\.description) == ["b6:6f:32:60:13:14", "42:3f:d7:49:d4:10"])
    #expect(node.publicAddresses.map(\.description) == ["10.0.2.15", "fd00:9::11"])
  }

  @Test(arguments: [
    "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}",
    "{\"kind\":\"List\",\"items\":[{\"kind\":\"Deployment\"}]}",
  ])
  func saysThatNothingIsOfUse(_ text: String) {
    var cluster = Cluster()
    let error = #expect(throws: SnapshotError.self) {
      try cluster.add(json: text.utf8, source: "a")
    }
    #expect(error?.description.contains("neither pods nor nodes") == true)
  }

  @Test(arguments: ["", "[]", "{\"kind\":3}", "{\"items\":[", "nonsense"])
  func refusesOtherText(_ text: String) {
    var cluster = Cluster()
    #expect(throws: SnapshotError.self) { try cluster.add(json: text.utf8, source: "a") }
  }
}
