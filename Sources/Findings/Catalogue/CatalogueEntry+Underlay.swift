extension CatalogueEntry {
  static func underlay(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .vxlanLostOnWire:
      CatalogueEntry(
        code: .vxlanLostOnWire,
        title: "VXLAN packets leave one node and do not reach the other",
        severity: .error,
        background: """
          Seen leaving the sender's network card and never at the receiver's, whatever their size. \
          The packets cannot tell who in between drops them. Often it is one direction only, \
          because one security group is.
          """,
        causes: [
          """
          a firewall or security group between the nodes does not let the VXLAN port through
          """,
          """
          the hypervisor takes the VXLAN port for its own (VMware NSX: UDP 8472 and 4789)
          """,
          "a lossy link",
        ],
        checks: [
          "tcpdump -ni {nic} udp port 8472 (on both nodes)",
          "ip -s link show {nic}",
        ],
        fix: """
          open the VXLAN port (UDP 8472, Calico and RKE2 4789) both ways between all nodes; behind \
          a hypervisor that swallows it choose another Port in net-conf.json
          """,
        sources: [
          "k3s-io/k3s#1719",
          "flannel-io/flannel#1085",
          "flannel-io/flannel#2388",
          "flannel-io/flannel#423",
        ])
    case .vxlanRefused:
      CatalogueEntry(
        code: .vxlanRefused,
        title: "The other node refuses VXLAN packets with an ICMP error",
        severity: .error,
        background: """
          An ICMP error that quotes the VXLAN port comes back: prohibited or host unreachable \
          means a firewall that rejects, port unreachable that nothing listens there: no VXLAN \
          device, another port, or a device that could not be made.
          """,
        causes: [
          "a firewall of the receiving node rejects the port",
          "no VXLAN device listens on that port",
        ],
        checks: [
          "iptables -nvL INPUT",
          "ip -d link show type vxlan",
          "ss -lunp | grep -E '8472|4789'",
        ],
        fix: """
          firewall-cmd --permanent --add-port=8472/udp; or make the VXLAN device come up: see the \
          log of flannel
          """,
        sources: [
          "k3s-io/k3s#977",
          "cilium/cilium#8990",
          "flannel-io/flannel#1502",
          "k3s-io/k3s#7155",
        ])
    case .vxlanDroppedByHost:
      CatalogueEntry(
        code: .vxlanDroppedByHost,
        title: "VXLAN packets reach the node and are not decapsulated",
        severity: .error,
        background: """
          Seen at the receiver's network card with everything in order and never on its VXLAN \
          device. The kernel drops such packets silently in several places.
          """,
        causes: [
          "a rule in INPUT drops the VXLAN port",
          "the VXLAN device is missing or down",
          "rp_filter: the way back to the outer source is another interface",
          "Calico: the outer source is not in the list of allowed hosts",
        ],
        checks: [
          "iptables -nvL INPUT",
          "ip -s -d link show {vtep}",
          "nstat -az UdpNoPorts TcpExtIPReversePathFilter",
          "sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.{nic}.rp_filter",
        ],
        fix: """
          allow UDP 8472 in INPUT (firewall-cmd --permanent --add-port=8472/udp); \
          net.ipv4.conf.{nic}.rp_filter=2
          """,
        sources: [
          "flannel-io/flannel#1704",
          "flannel-io/flannel#871",
          "k3s-io/k3s#4624",
          "projectcalico/calico#5171",
        ])
    case .vtepAddressWrong:
      CatalogueEntry(
        code: .vtepAddressWrong,
        title: "VXLAN packets are sent to an address that is not the other node's",
        severity: .error,
        background: """
          The address that a node published for its tunnel is not one where the others reach it: \
          the NAT address of a virtual machine (10.0.2.15), a virtual IP, the wrong one of several \
          cards. Flannel publishes the address of the interface with the default route unless told \
          otherwise. Nobody answers for the address, or a router says that it does not find it; where \
          several nodes published one address, packets for all of them go to one.
          """,
        checks: [
          "kubectl get nodes -o yaml | grep public-ip",
          "bridge fdb show dev {vtep}",
          "ip -br addr",
        ],
        fix: """
          start flannel with --iface or --iface-can-reach (k3s: --flannel-iface), or annotate the \
          node with flannel.alpha.coreos.com/public-ip-overwrite
          """,
        sources: [
          "flannel-io/flannel#535",
          "flannel-io/flannel#1379",
          "flannel-io/flannel#2141",
          "k3s-io/k3s#1824",
          "kube-vip/kube-vip#1385",
        ])
    case .underlayNAT:
      CatalogueEntry(
        code: .underlayNAT,
        title: "The outer source address changes between the nodes",
        severity: .warning,
        background: """
          Something between the nodes translates addresses. The receiver gets packets from an \
          address that is not the peer's, and answers go to the published one: often one direction \
          works only. It is an error where nothing is decapsulated that comes so: some nodes take \
          VXLAN only from addresses that they know.
          """,
        checks: [
          "ip -d link show {vtep}",
          "kubectl get nodes -o yaml | grep public-ip",
        ],
        fix: """
          annotate the nodes with flannel.alpha.coreos.com/public-ip-overwrite (k3s: \
          --flannel-external-ip), use WireGuard, or remove the NAT
          """,
        sources: [
          "flannel-io/flannel#760",
          "flannel-io/flannel#1978",
          "k3s-io/k3s#5717",
        ])
    case .vtepSourceDiffers:
      CatalogueEntry(
        code: .vtepSourceDiffers,
        title: "A node sends from another address than it receives at",
        severity: .info,
        background: """
          Others send to one address, and its packets come from another one. Harmless by itself; a \
          strict firewall, rp_filter or Calico's list of allowed hosts may object. With Kubernetes' \
          word it is a warning: the others send to the annotation \
          flannel.alpha.coreos.com/public-ip (public-ipv6), which is none of the addresses that \
          the node sends from. Where public-ip-overwrite (public-ipv6-overwrite) was set by hand, \
          as behind a translation, both may differ.
          """,
        checks: [
          "ip -d link show {vtep}",
          "ip -br addr",
          "kubectl get nodes -o yaml | grep public-ip",
        ],
        fix: """
          choose the interface with --iface, so that both are the same; behind a translation \
          annotate the node with flannel.alpha.coreos.com/public-ip-overwrite
          """,
        sources: [
          "k3s-io/k3s#12056",
          "flannel-io/flannel#2141",
        ])
    default:
      CatalogueEntry(
        code: .plainLostOnWire,
        title: "Plain packets of pods leave one node and do not reach the other",
        severity: .error,
        background: """
          Without a tunnel (host-gw, DirectRouting) pods' addresses appear on the wire. Many \
          clouds drop packets from or to addresses that they did not give to the machine.
          """,
        causes: [
          "the cloud checks source and destination addresses (port security)",
          "the nodes are not on one network, as host-gw needs",
        ],
        checks: [
          "ip route get POD-ADDRESS",
          "tcpdump -ni {nic} host POD-ADDRESS on the other node",
        ],
        fix: """
          switch off the source/destination check, add the pod networks as allowed addresses, or \
          use the vxlan backend
          """,
        sources: [
          "flannel-io/flannel#506"
        ])
    }
  }
}
