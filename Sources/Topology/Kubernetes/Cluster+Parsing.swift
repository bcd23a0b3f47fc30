import FoundationEssentials
import Packets

extension Cluster {
  /// Prefix of the annotations that flannel writes unless it is told another one.
  package static let usualPrefix = "flannel.alpha.coreos.com/"

  /// Adds what one file says: the output of `kubectl get pods,nodes,services -A -o json`, or of one of them.
  ///
  /// `source` names the file in errors. Objects of other kinds are passed over.
  package mutating func add(
    json: some Sequence<UInt8>, source: String, annotationPrefix: String = usualPrefix
  ) throws(SnapshotError) {
    let objects: [KubernetesObject]
    do {
      let decoder = JSONDecoder()
      let list = try decoder.decode(KubernetesList.self, from: Data(json))
      objects = list.items ?? [list.single].compactMap(\.self)
    } catch {
      throw SnapshotError(
        source: source,
        explanation:
          "no output of 'kubectl get pods,nodes,services -A -o json', or cut short")
    }
    for object in objects { insert(object, prefix: annotationPrefix) }
  }

  private mutating func insert(_ object: KubernetesObject, prefix: String) {
    let name = [object.metadata?.namespace, object.metadata?.name].compactMap(\.self)
      .joined(separator: "/").printable
    switch object.kind {
    case "Pod":
      let hasEnded = ["Succeeded", "Failed"].contains(object.status?.phase)
      guard object.spec?.hostNetwork != true, !hasEnded else { return }
      let listed = object.status?.podIPs?.compactMap(\.ip) ?? []
      for text in listed.isEmpty ? [object.status?.podIP].compactMap(\.self) : listed {
        guard let address = IPAddress(text) else { continue }
        insert(name, at: address, node: object.spec?.nodeName?.printable)
      }
    case "Service":
      let listed = object.spec?.clusterIPs ?? [object.spec?.clusterIP].compactMap(\.self)
      for text in listed {
        // A headless service has "None".
        if let address = IPAddress(text) { insert(name, at: address) }
      }
    case "Node": insert(node(object, name: name, prefix: prefix))
    default: break
    }
  }

  private func node(_ object: KubernetesObject, name: String, prefix: String) -> Node {
    let annotations = object.metadata?.annotations ?? [:]
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
      publicAddresses: ["public-ip", "public-ipv6"].compactMap { key in
        (annotations[prefix + key + "-overwrite"] ?? annotations[prefix + key])
          .flatMap { IPAddress($0) }
      })
  }
}

private struct KubernetesList: Decodable {
  let items: [KubernetesObject]?
  /// The document itself, where it is one object and no list.
  let single: KubernetesObject?

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    items = try fields.decodeIfPresent([KubernetesObject].self, forKey: .items)
    single = items == nil ? try KubernetesObject(from: decoder) : nil
  }

  private enum Keys: String, CodingKey { case items }
}

/// The fields that are needed of objects of any kind.
private struct KubernetesObject: Decodable {
  struct Metadata: Decodable {
    let name: String?
    let namespace: String?
    let annotations: [String: String]?
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

  let kind: String
  let metadata: Metadata?
  let spec: Spec?
  let status: Status?
}

private struct BackendData: Decodable {
  let vtepMAC: String?

  private enum CodingKeys: String, CodingKey {
    case vtepMAC = "VtepMAC"
  }
}
