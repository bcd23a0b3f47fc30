package import Topology

/// Where one pod is, seen from one node.
package struct WhereAnswer: Sendable {
  let node: String
  let pod: PodIdentity?
  let addresses: AddressNames
  let path: PodPath

  /// `pod` is the pod's name, if its node's tables have it.
  package init(
    node: String, pod: PodIdentity?, addresses: AddressNames = AddressNames(), path: PodPath
  ) {
    self.node = node
    self.addresses = addresses
    self.pod = pod
    self.path = path
  }
}

extension WhereAnswer {
  /// What the address is called: a pod as the node's tables have it, else what Kubernetes says.
  var name: String? { pod?.qualifiedName ?? addresses.names[path.address] }
}

/// How answers are written, one after the other.
package struct WhereReport {
  private let hasColor: Bool
  private let isJSON: Bool
  private let sink: OutputSink
  private var count = 0

  /// `isJSON`: JSON Lines, an object an answer; else text for people.
  package init(isJSON: Bool, hasColor: Bool, sink: OutputSink) {
    self.isJSON = isJSON
    self.hasColor = hasColor
    self.sink = sink
  }

  package mutating func add(_ answer: WhereAnswer) {
    var text = ""
    if isJSON {
      text = answer.json.text + "\n"
    } else {
      let lines = WhereText(answer, hasColor: hasColor).lines
      text = (count > 0 ? "\n" : "") + lines.map { $0.text + "\n" }.joined()
    }
    count += 1
    sink.append(unsafe Array(text.utf8).span.bytes)
  }
}
