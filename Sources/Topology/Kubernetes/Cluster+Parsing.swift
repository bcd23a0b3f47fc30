import FoundationEssentials
import Packets

extension Cluster {
  /// Prefix of the annotations that flannel writes unless it is told another one.
  package static let usualPrefix = "flannel.alpha.coreos.com/"

  /// What `kubectl get` is asked for.
  package static let resources = "pods,nodes,services,endpointslices"

  /// Adds what one file says: the output of `kubectl get -A -o json` for these resources, or for one.
  ///
  /// `source` names the file in errors. Objects of other kinds are passed over, but something must be
  /// there that is of use.
  package mutating func add(
    json: some Sequence<UInt8>, source: String, annotationPrefix: String = usualPrefix
  ) throws(SnapshotError) {
    let list: KubernetesList
    do {
      list = try JSONDecoder().decode(KubernetesList.self, from: Data(json))
    } catch {
      throw SnapshotError(
        source: source,
        explanation: "no output of 'kubectl get \(Self.resources) -A -o json', or cut short")
    }
    var isOfUse = list.objects.isEmpty
    for object in list.objects {
      // Items of a PodList do not say that they are pods.
      guard let kind = object.kind ?? list.itemKind else { continue }
      if insert(object, kind: kind, prefix: annotationPrefix) { isOfUse = true }
    }
    guard isOfUse else {
      throw SnapshotError(
        source: source,
        explanation: "neither pods nor nodes, services or endpoint slices are in it: "
          + "give the output of 'kubectl get \(Self.resources) -A -o json'")
    }
  }

  /// Tells whether the kind is one that is known.
  private mutating func insert(_ object: KubernetesObject, kind: String, prefix: String) -> Bool {
    let name = Self.name(object.metadata?.namespace, object.metadata?.name)
    switch kind {
    case "Pod": insertPod(object, name: name)
    case "EndpointSlice": insertEndpoints(of: object)
    case "Service":
      let listed = object.spec?.clusterIPs ?? [object.spec?.clusterIP].compactMap(\.self)
      for text in listed {
        // A headless service has "None".
        if let address = IPAddress(text) { insert(name, at: address) }
      }
    case "Node": insert(node(object, name: name, prefix: prefix))
    default: return false
    }
    return true
  }

  private static func name(_ namespace: String?, _ name: String?) -> String {
    [namespace, name].compactMap { $0.map(printable) }.joined(separator: "/")
  }

  /// Kubernetes' own names are no longer (DNS subdomains, RFC 1123).
  private static func printable(_ name: String) -> String { name.printable(atMost: 253) }

  private mutating func insertPod(_ object: KubernetesObject, name: String) {
    guard !["Succeeded", "Failed"].contains(object.status?.phase) else { return }
    let listed = object.status?.podIPs?.compactMap(\.ip) ?? []
    let texts = listed.isEmpty ? [object.status?.podIP].compactMap(\.self) : listed
    for address in texts.compactMap({ IPAddress($0) }) {
      if object.spec?.hostNetwork == true {
        reserveForHost(address)
      } else {
        insert(name, at: address, node: object.spec?.nodeName.map(Self.printable))
      }
    }
  }

  /// Backends of a service: pods by their own names, others (an address outside, say) by the service's.
  private mutating func insertEndpoints(of slice: KubernetesObject) {
    let service = slice.metadata?.labels?["kubernetes.io/service-name"]
    for endpoint in slice.endpoints ?? [] {
      let pod = endpoint.targetRef?.kind == "Pod" ? endpoint.targetRef : nil
      let namespace = pod?.namespace ?? slice.metadata?.namespace
      guard let name = pod?.name ?? service else { continue }
      for address in (endpoint.addresses ?? []).compactMap({ IPAddress($0) })
      where names[address] == nil {
        insert(
          Self.name(namespace, name), at: address,
          node: pod == nil ? nil : endpoint.nodeName.map(Self.printable))
      }
    }
  }

  private func node(_ object: KubernetesObject, name: String, prefix: String) -> Node {
    let annotations = object.metadata?.annotations ?? [:]
    let address = { (key: String) in annotations[prefix + key].flatMap { IPAddress($0) } }
    let networks = object.spec?.podCIDRs ?? [object.spec?.podCIDR].compactMap(\.self)
    return Node(
      name: name,
      addresses: (object.status?.addresses ?? []).compactMap {
        $0.address.flatMap { IPAddress($0) }
      },
      podNetworks: networks.compactMap { AddressPrefix($0) },
      vtepMACs: ["backend-data", "backend-v6-data"].compactMap { key in
        annotations[prefix + key].flatMap { text in
          (try? JSONDecoder().decode(BackendData.self, from: Data(text.utf8)))?.vtepMAC
        }.flatMap { MACAddress($0) }
      },
      publicAddresses: ["public-ip", "public-ipv6"].compactMap {
        address($0 + "-overwrite") ?? address($0)
      },
      translatedAddresses: ["public-ip-overwrite", "public-ipv6-overwrite"].compactMap(address))
  }
}

private struct KubernetesList: Decodable {
  /// The list's items, or the document itself where it is one object and no list.
  let objects: [KubernetesObject]
  /// `Pod` of a `PodList`; nil for a `List`, whose items say it themselves.
  let itemKind: String?

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    let kind = try fields.decode(String.self, forKey: .kind)
    itemKind = kind.hasSuffix("List") && kind != "List" ? String(kind.dropLast(4)) : nil
    if kind.hasSuffix("List") {
      objects = try fields.decode([KubernetesObject].self, forKey: .items)
    } else {
      objects = [try KubernetesObject(from: decoder)]
    }
  }

  private enum Keys: String, CodingKey { case items, kind }
}

/// The fields that are needed of objects of any kind.
private struct KubernetesObject: Decodable {
  struct Metadata: Decodable {
    let name: String?
    let namespace: String?
    let annotations: [String: String]?
    let labels: [String: String]?
  }

  struct Spec: Decodable {
    let nodeName: String?
    let hostNetwork: Bool?
    let podCIDR: String?
    let podCIDRs: [String]?
    let clusterIP: String?
    let clusterIPs: [String]?
  }

  struct Status: Decodable {
    let phase: String?
    let podIP: String?
    let podIPs: [PodIP]?
    let addresses: [NodeAddress]?
  }

  struct PodIP: Decodable {
    let ip: String?
  }

  struct NodeAddress: Decodable {
    let address: String?
  }

  /// discovery.k8s.io/v1
  struct Endpoint: Decodable {
    let addresses: [String]?
    let nodeName: String?
    let targetRef: Target?
  }

  struct Target: Decodable {
    let kind: String?
    let namespace: String?
    let name: String?
  }

  let kind: String?
  let metadata: Metadata?
  let spec: Spec?
  let status: Status?
  let endpoints: [Endpoint]?
}

private struct BackendData: Decodable {
  let vtepMAC: String?

  private enum CodingKeys: String, CodingKey {
    case vtepMAC = "VtepMAC"
  }
}
