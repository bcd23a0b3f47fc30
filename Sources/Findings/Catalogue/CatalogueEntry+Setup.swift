extension CatalogueEntry {
  static func setup(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .podAddressDuplicate:
      CatalogueEntry(
        code: .podAddressDuplicate,
        title: "Two nodes send packets from one pod address",
        severity: .error,
        background: """
          The same inner source address comes from two tunnel endpoints: pod networks overlap, or \
          a node hands out addresses that are not its own. Networks that overlap by Kubernetes' word \
          are a warning.
          """,
        causes: [
          "two nodes have the same or overlapping pod networks",
          "a node's CNI uses a stale subnet.env or another configuration",
          "a pod moved while the capture ran",
        ],
        checks: [
          "kubectl get nodes -o custom-columns=N:.metadata.name,C:.spec.podCIDR",
          "cat /run/flannel/subnet.env",
          "ls /etc/cni/net.d",
        ],
        fix: """
          give each node a pod network of its own; keep one file in /etc/cni/net.d; delete cni0 \
          and restart the pods
          """,
        sources: [
          "flannel-io/flannel#1549",
          "flannel-io/flannel#721",
          "containernetworking/plugins#629",
        ])
    case .podAddressOutsideNode:
      CatalogueEntry(
        code: .podAddressOutsideNode,
        title: "A pod's address is not in the pod network of its node",
        severity: .error,
        background: """
          Other nodes route by pod network: answers to such a pod go to the node that owns the \
          network, or nowhere.
          """,
        causes: [
          "the node's CNI uses a stale subnet.env or another configuration",
          "the node's pod network was changed",
        ],
        checks: [
          "kubectl get nodes -o custom-columns=N:.metadata.name,C:.spec.podCIDR",
          "cat /run/flannel/subnet.env",
          "ls /etc/cni/net.d",
          "ip addr show {bridge}",
        ],
        fix: "correct the CNI's configuration, delete cni0 and restart the node's pods",
        sources: [
          "flannel-io/flannel#1437",
          "flannel-io/flannel#1013",
          "kubernetes/kubernetes#44916",
        ])
    case .backendMixed:
      CatalogueEntry(
        code: .backendMixed,
        title: "Packets travel in a tunnel one way and plain the other way",
        severity: .warning,
        background: """
          Legal where one node reaches the other directly and the other does not (DirectRouting is \
          each sender's decision). Otherwise the nodes run different backends, which ignore each \
          other's annotations.
          """,
        causes: [
          """
          DirectRouting: one node sees the other on its own network, and the other does not
          """,
          "the nodes run different backends",
        ],
        checks: [
          "kubectl get nodes -o yaml | grep backend-type",
          "ip route | grep {vtep}",
        ],
        fix: "the same backend on all nodes",
        sources: [
          "k3s-io/k3s#1963",
          "flannel-io/flannel#1394",
        ])
    default:
      CatalogueEntry(
        code: .wireGuardSilent,
        title: "WireGuard asks for a handshake and nobody answers",
        severity: .error,
        background: """
          Handshake initiations (148 bytes) go out and no response (92 bytes) comes back: the port \
          is blocked, the endpoint is wrong, or the keys do not match.
          """,
        causes: [
          "UDP 51820 or 51821 is blocked between the nodes",
          "the peer's endpoint or key is wrong",
        ],
        checks: [
          "wg show"
        ],
        fix: """
          open UDP 51820 and 51821 between all nodes; restart flannel, which exchanges keys anew
          """,
        sources: [
          "flannel-io/flannel#1770",
          "k3s-io/k3s#2689",
        ])
    }
  }
}
