extension CatalogueEntry {
  static func forwarding(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .forwardDrop:
      CatalogueEntry(
        code: .forwardDrop,
        title: "A node receives packets for forwarding and does not forward them",
        severity: .error,
        background: """
          Addresses and MACs are in order, and nothing comes back: the node's forwarding drops the \
          packets. Packets alone cannot tell which of the causes it is.
          """,
        causes: [
          """
          a rule or the policy of FORWARD (Docker sets it to DROP), or a NetworkPolicy
          """,
          "net.ipv4.ip_forward or the interface's forwarding is 0",
          "rp_filter",
          "the connection tracking table is full",
        ],
        checks: [
          "iptables -nvL FORWARD",
          "nft list ruleset | grep -B3 drop",
          "sysctl net.ipv4.ip_forward net.ipv4.conf.all.forwarding",
          "nstat -az TcpExtIPReversePathFilter",
          "conntrack -S",
        ],
        fix: """
          iptables -P FORWARD ACCEPT, or let flannel keep its FLANNEL-FWD chain; sysctl \
          net.ipv4.ip_forward=1; net.ipv4.conf.all.rp_filter=2
          """,
        sources: [
          "flannel-io/flannel#609",
          "flannel-io/flannel#872",
          "moby/moby#28257",
          "kubernetes/kubernetes#45022",
        ])
    case .newConnectionsDropped:
      CatalogueEntry(
        code: .newConnectionsDropped,
        title: "Some new connections are dropped, and those that are open go on",
        severity: .error,
        background: """
          Only packets that open a connection vanish, at random: others to the same port get through. \
          So no rule forbids them. A full table of connections does this, and so does a limit.
          """,
        causes: [
          "the connection tracking table is full",
          "a rule that limits new connections (connlimit, hashlimit, SYN flood protection)",
        ],
        checks: [
          "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max",
          "dmesg | grep nf_conntrack",
          "conntrack -S",
          "iptables-save | grep -i limit",
        ],
        fix: """
          raise net.netfilter.nf_conntrack_max (kube-proxy's conntrack.maxPerCore), or find who opens \
          so many connections
          """,
        sources: ["kubernetes/kubernetes#71261", "kubernetes/kubernetes#18604"])
    case .firewallReject:
      CatalogueEntry(
        code: .firewallReject,
        title: "A firewall answers pods' packets with an ICMP error",
        severity: .error,
        background: """
          The error says that the packet was prohibited by a filter, and who sent it is the node \
          that filters: firewalld and ufw do so with what they do not know.
          """,
        checks: [
          "iptables -nvL FORWARD",
          "firewall-cmd --list-all-zones",
          "nft list ruleset",
        ],
        fix: """
          firewall-cmd --permanent --zone=trusted --add-source=POD-NETWORK (and the service \
          network), or disable firewalld
          """,
        sources: [
          "flannel-io/flannel#2055",
          "flannel-io/flannel#2116",
          "k3s-io/k3s#977",
        ])
    case .policyReject:
      CatalogueEntry(
        code: .policyReject,
        title: "A node, not the pod, answers that a port is unreachable",
        severity: .error,
        background: """
          \"Port unreachable\" is for the host that was asked to say. Here a node on the way says \
          it, for packets that never reached the pod: a NetworkPolicy as k3s enforces it \
          (kube-router), a service without endpoints, or a firewall.
          """,
        causes: [
          "a NetworkPolicy rejects the packets",
          "the service has no endpoint",
          "a firewall rule with REJECT",
        ],
        checks: [
          "kubectl get networkpolicy -A",
          "kubectl get endpointslices -A",
          "iptables -nvL FORWARD",
        ],
        fix: "allow the traffic in the NetworkPolicy, or give the service endpoints",
        sources: [
          "k3s-io/k3s#10010",
          "k3s-io/k3s#3373",
        ])
    case .podUnreached:
      CatalogueEntry(
        code: .podUnreached,
        title: "Packets reach the node's bridge and not the pod",
        severity: .error,
        background: "Seen on the bridge, not on the pod's interface, and nothing comes back.",
        causes: [
          "a NetworkPolicy or a bridge filter drops them",
          "the pod's interface is down or was made anew",
          "the pod is gone and the bridge floods to nobody",
        ],
        checks: [
          "kubectl get networkpolicy -A",
          "bridge fdb show br {bridge}",
          "ip neigh show dev {bridge}",
          "iptables -nvL FORWARD",
        ],
        fix: "allow the traffic in the NetworkPolicy; recreate the pod",
        sources: [
          "k3s-io/k3s#4847",
          "flannel-io/flannel#938",
        ])
    case .podGone:
      CatalogueEntry(
        code: .podGone,
        title: "Packets are for a pod that is not there any more",
        severity: .error,
        background: """
          The node asks for the pod's MAC address and nobody answers; after some seconds \"host \
          unreachable\" goes back. Somebody still sends to an address of a pod that ended.
          """,
        checks: [
          "kubectl get pods -A -o wide | grep POD-ADDRESS",
          "kubectl get endpointslices -A | grep POD-ADDRESS",
          "ip neigh show dev {bridge}",
        ],
        fix: """
          restart kube-proxy if its endpoints are stale; conntrack -D -p udp removes entries that \
          hold on to it
          """,
        sources: [
          "flannel-io/flannel#2245",
          "kubernetes/kubernetes#66651",
          "flannel-io/flannel#2328",
        ])
    case .routingLoop:
      CatalogueEntry(
        code: .routingLoop,
        title: "Packets go round until their TTL is used up",
        severity: .error,
        background: """
          The same packet comes by the same point again and again, with a TTL lower each time. Two \
          nodes believe that the other one has the pod network, or a node sends what it should \
          hold itself to its own VXLAN device.
          """,
        checks: [
          "ip route get POD-ADDRESS (on each node of the loop)",
          "kubectl get nodes -o custom-columns=N:.metadata.name,C:.spec.podCIDR",
        ],
        fix: "remove the stale route and restart flannel on the nodes of the loop",
        sources: [
          "drivers/net/vxlan/vxlan_core.c of Linux: encap_bypass_if_local"
        ])
    default:
      CatalogueEntry(
        code: .detour,
        title: "Packets take a way through a third node",
        severity: .warning,
        background: """
          They arrive, a TTL lower than they should, by a node that has no part in them: a wrong \
          neighbour entry sends them there, and that node forwards them.
          """,
        checks: [
          "ip neigh show dev {vtep}",
          "bridge fdb show dev {vtep}",
          "ip route get POD-ADDRESS",
        ],
        fix: "restart flannel on the sending node",
        sources: [
          "flannel-io/flannel#1036"
        ])
    }
  }
}
