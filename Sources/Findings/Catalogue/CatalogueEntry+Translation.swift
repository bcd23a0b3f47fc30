extension CatalogueEntry {
  static func translation(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .unexpectedSNAT:
      CatalogueEntry(
        code: .unexpectedSNAT,
        title: "Packets between pods arrive under the node's address",
        severity: .warning,
        background: """
          The source address changes on its way to another node's pod. Nothing is lost, but the \
          receiver does not see who asks, and NetworkPolicies do not match. Flannel leaves traffic \
          between pods alone as long as the pod's address lies in its node's pod network.
          """,
        causes: [
          "flannel runs without --ip-masq, so the bridge masquerades",
          "the pod's address is not in its node's pod network",
          "kube-proxy runs with --masquerade-all or without --cluster-cidr",
        ],
        checks: [
          "iptables -t nat -S FLANNEL-POSTRTG",
          "iptables -t nat -S POSTROUTING",
          "cat /run/flannel/subnet.env",
          "kubectl get nodes -o custom-columns=N:.metadata.name,C:.spec.podCIDR",
        ],
        fix: "start flannel with --ip-masq; correct kube-proxy's --cluster-cidr",
        sources: [
          "flannel-io/flannel#1592",
          "flannel-io/flannel#964",
          "kubernetes/kubernetes#36835",
        ])
    case .serviceReplyUntranslated:
      CatalogueEntry(
        code: .serviceReplyUntranslated,
        title: "A service's pod on the same node answers under its own address",
        severity: .error,
        background: """
          The request went to the service's address; the answer comes from the pod's, so the \
          client does not know it: TCP answers RST, resolvers say \"reply from unexpected \
          source\". Without br_netfilter the answer crosses the bridge without being translated \
          back. To pods of other nodes the same service works.
          """,
        checks: [
          "lsmod | grep br_netfilter",
          "sysctl net.bridge.bridge-nf-call-iptables",
        ],
        fix: """
          modprobe br_netfilter (and in /etc/modules-load.d); sysctl \
          net.bridge.bridge-nf-call-iptables=1
          """,
        sources: [
          "flannel-io/flannel#2068",
          "flannel-io/flannel#902",
          "kubernetes/kubernetes#38802",
        ])
    case .replyBypassesNAT:
      CatalogueEntry(
        code: .replyBypassesNAT,
        title: "Answers come back past the node that translated the request",
        severity: .error,
        background: """
          The request was translated to a pod on its way; the answers take another way and reach \
          the client under the pod's own address, which it did not ask.
          """,
        causes: [
          """
          the way back does not lead through the node that translated (direct routing, policy \
          routing)
          """,
          "the client is reachable from the pod without that node",
        ],
        checks: [
          "ip route get CLIENT-ADDRESS (on the pod's node)",
          "ip rule",
          "conntrack -L",
        ],
        fix: """
          let the answers take the way of the requests: masquerade at the translating node, or \
          remove the shorter route
          """,
        sources: [
          "kubernetes/kubernetes#58338",
          "flannel-io/flannel#1967",
        ])
    case .conntrackInvalidReset:
      CatalogueEntry(
        code: .conntrackInvalidReset,
        title: "An answer escapes translation and the client resets the connection",
        severity: .error,
        background: """
          Most answers are translated back; one that connection tracking calls invalid (out of \
          window, say) is not. The client answers it with RST, and that kills the real connection.
          """,
        checks: [
          "conntrack -S",
          "sysctl net.netfilter.nf_conntrack_tcp_be_liberal",
        ],
        fix: """
          sysctl net.netfilter.nf_conntrack_tcp_be_liberal=1, or drop packets in state INVALID in \
          FORWARD
          """,
        sources: [
          "kubernetes/kubernetes#74839",
          "kubernetes/kubernetes#117924",
          """
          https://kubernetes.io/blog/2019/03/29/kube-proxy-subtleties-debugging-an-intermittent-connection-reset/
          """,
        ])
    default:
      CatalogueEntry(
        code: .dnsRace,
        title: "One of two DNS questions from the same port gets lost",
        severity: .error,
        background: """
          Resolvers send the questions for A and AAAA at the same moment from one port. Both race \
          for an entry in the connection tracking table, and the loser's packet is dropped \
          (insert_failed). The resolver repeats after five seconds.
          """,
        checks: [
          "conntrack -S (insert_failed)"
        ],
        fix: """
          NodeLocal DNSCache; or in the pod's dnsConfig: single-request-reopen, use-vc
          """,
        sources: [
          "kubernetes/kubernetes#56903",
          "weaveworks/weave#3287",
          "flannel-io/flannel#1004",
        ])
    }
  }
}
