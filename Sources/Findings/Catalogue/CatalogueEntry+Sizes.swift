extension CatalogueEntry {
  static func size(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .deliveredSegmentsRepeated:
      CatalogueEntry(
        code: .deliveredSegmentsRepeated,
        title: "TCP segments are sent again although the first ones arrived",
        severity: .warning,
        background: """
          The overlay delivers, and the sender does not learn of it in time: streams are slow, \
          although no packet of their direction is lost.
          """,
        causes: [
          "acknowledgements are lost or late on the way back",
          "the receiving pod's kernel drops the segments: a wrong checksum, or a filter in the pod",
          "packets overtake each other (a bond in round-robin mode)",
          "GRO, GSO or TSO of a NIC's driver merges or cuts segments wrongly",
        ],
        checks: [
          "nstat -az TcpInCsumErrors TcpRetransSegs TcpExtTCPSpuriousRTOs TcpExtTCPDSACKRecv",
          "ethtool -k {nic}",
          "cat /proc/net/bonding/*",
        ],
        fix:
          "ethtool -K {nic} gro off, then gso off, tso off: one by one, to find the one to blame",
        sources: [
          "projectbluefin/lab#664", "projectcalico/calico#11160", "flannel-io/flannel#1234",
        ])
    case .mtuBlackHole:
      CatalogueEntry(
        code: .mtuBlackHole,
        title: "Large packets vanish between the nodes, small ones pass",
        severity: .error,
        background: """
          Everything up to some size arrives and nothing above it: a link of the underlay has a \
          smaller MTU than the tunnel counts on, and nobody says so. Connections open, then stall \
          with the first full segment.
          """,
        causes: [
          "a link between the nodes has a smaller MTU than the nodes' interfaces",
          "fragments of outer packets are dropped on the way",
        ],
        checks: [
          "ping -M do -s 1422 OTHER-NODE (and smaller, until it answers)",
          "ip link show {nic}",
          "ip link show {vtep}",
        ],
        fix: """
          set \"Backend\": {\"MTU\": …} in net-conf.json to what the underlay carries, restart \
          flannel, recreate pods
          """,
        sources: [
          "flannel-io/flannel#1011",
          "flannel-io/flannel#463",
          "projectcalico/calico#12432",
        ])
    case .outerFragments:
      CatalogueEntry(
        code: .outerFragments,
        title: "VXLAN packets are fragmented",
        severity: .warning,
        background: """
          The tunnel's MTU is larger than the interface below it carries, so every full packet \
          costs two, and firewalls like to drop the second, which has no ports.
          """,
        checks: [
          "ip link show {nic}",
          "ip link show {vtep}",
          "nstat -az IpFragCreates IpReasmFails",
        ],
        fix: """
          set \"Backend\": {\"MTU\": …} in net-conf.json to at most the interface's MTU, restart \
          flannel, recreate pods
          """,
        sources: [
          "flannel-io/flannel#841",
          "flannel-io/flannel#1781",
        ])
    case .tooBig:
      CatalogueEntry(
        code: .tooBig,
        title: "A packet was too big for the next link, and its sender was told",
        severity: .warning,
        background: """
          ICMP \"fragmentation needed\" or \"packet too big\" names a smaller MTU; the sender is \
          to send smaller packets from then on. Path MTU discovery at work, but the pods' MTU is \
          larger than the path's.
          """,
        checks: [
          "ip link show {bridge}",
          "ip link show {vtep}",
          "ip route get POD-ADDRESS (shows a learnt mtu)",
        ],
        fix: """
          give pods the MTU of the VXLAN device: recreate pods that are older than the change
          """,
        sources: [
          "flannel-io/flannel#1781",
          "flannel-io/flannel#1614",
        ])
    case .tooBigIgnored:
      CatalogueEntry(
        code: .tooBigIgnored,
        title: "Senders go on with packets that are too big although ICMP told them the MTU",
        severity: .error,
        background: """
          The errors that name a smaller MTU are on their way, and the sender's packets stay as \
          large: the errors do not reach it, or it ignores them.
          """,
        causes: [
          "a firewall drops ICMP on the way back to the pod",
          "the sender does not heed path MTU discovery (UDP with DF)",
        ],
        checks: [
          "ip route get POD-ADDRESS (in the sending pod: shows a learnt mtu)",
          "iptables -nvL FORWARD | grep -i icmp",
        ],
        fix: """
          let ICMP type 3 code 4 and ICMPv6 type 2 through; give pods the MTU of the path
          """,
        sources: [
          "flannel-io/flannel#1614",
          "flannel-io/flannel#1781",
        ])
    default:
      CatalogueEntry(
        code: .segmentSizeTooLarge,
        title: "TCP announces segments that the overlay cannot carry",
        severity: .warning,
        background: """
          The MSS in a SYN is larger than what the way through the tunnel was seen or told to \
          carry: the pod's interface has a larger MTU than the VXLAN device, often because it is \
          older than a change of the MTU.
          """,
        checks: [
          "ip link show eth0 (in the pod)",
          "ip link show {bridge}",
          "cat /run/flannel/subnet.env",
        ],
        fix: "recreate the pods, and cni0 if it still has the old MTU",
        sources: [
          "flannel-io/flannel#1011",
          "k3s-io/k3s#5013",
        ])
    }
  }
}
