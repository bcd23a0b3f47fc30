extension CatalogueEntry {
  static func table(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .vtepMACStale:
      CatalogueEntry(
        code: .vtepMACStale,
        title: "VXLAN packets carry a MAC address that the receiving device does not have",
        severity: .error,
        background: """
          The device shows the packets and the IP layer drops them silently, because they are \
          addressed to another station. The peer's VXLAN device was made anew, or systemd gave it \
          another MAC, and the sender still has the old one. All packets of this direction die, of \
          all sizes.
          """,
        checks: [
          "ip neigh show dev {vtep}",
          "bridge fdb show dev {vtep}",
          "ip -br link show {vtep} (on the receiving node)",
        ],
        fix: """
          restart flannel on the receiving node (it writes its annotation anew), then on the \
          sender; /etc/systemd/network with MACAddressPolicy=none for flannel*
          """,
        sources: [
          "flannel-io/flannel#1788",
          "flannel-io/flannel#1155",
          "rancher/rancher#21169",
          "k3s-io/k3s#9957",
        ])
    case .vtepForwardingWrong:
      CatalogueEntry(
        code: .vtepForwardingWrong,
        title: "VXLAN packets for one node are sent to another one",
        severity: .error,
        background: """
          The inner MAC address is one node's VXLAN device and the outer address another node: the \
          sender's forwarding database is wrong. The wrong node drops what is not addressed to it.
          """,
        checks: [
          "bridge fdb show dev {vtep}",
          "kubectl get nodes -o yaml | grep public-ip",
        ],
        fix: """
          restart flannel on the sending node; quick: bridge fdb replace MAC dev {vtep} dst \
          RIGHT-ADDRESS self permanent
          """,
        sources: [
          "flannel-io/flannel#1036",
          "flannel-io/flannel#533",
        ])
    case .vtepForwardingMissing:
      CatalogueEntry(
        code: .vtepForwardingMissing,
        title: "Packets enter the VXLAN device and do not leave the node",
        severity: .error,
        background: """
          Seen on the VXLAN device and never on the network card. Without an entry for the MAC \
          address in the forwarding database, or without a way to the other node, the device drops \
          them and counts it.
          """,
        causes: [
          "no entry in the forwarding database for the peer's MAC",
          "no route to the peer's address, or the address of the device is gone",
          "a rule in OUTPUT drops the VXLAN port",
        ],
        checks: [
          "bridge fdb show dev {vtep}",
          "ip -s -s link show {vtep}",
          "ip route get OTHER-NODE",
          "iptables -nvL OUTPUT",
        ],
        fix: "restart flannel on the sending node, which writes the entries anew",
        sources: [
          "flannel-io/flannel#958",
          "flannel-io/flannel#592",
          "flannel-io/flannel#1718",
        ])
    case .vtepNeighbourMissing:
      CatalogueEntry(
        code: .vtepNeighbourMissing,
        title: "The node asks for a MAC address on its VXLAN device",
        severity: .error,
        background: """
          Flannel's neighbours are permanent, so any ARP or neighbour solicitation on the device \
          means that one is missing. Nobody can answer: the device does not broadcast. Packets \
          wait for some seconds and come back as \"host unreachable\", which alone leaves other \
          causes: an unreachable route, a firewall.
          """,
        checks: [
          "ip neigh show dev {vtep}",
          "bridge fdb show dev {vtep}",
          "ip route | grep {vtep}",
        ],
        fix: """
          restart flannel on the asking node; nothing else writes the entry anew, whoever flushed \
          it
          """,
        sources: [
          "flannel-io/flannel#1759",
          "flannel-io/flannel#1434",
          "systemd/systemd#25451",
        ])
    default:
      CatalogueEntry(
        code: .vtepRouteMissing,
        title: "Packets for another node's pods leave the node without the tunnel",
        severity: .error,
        background: """
          There is no route to the other node's pod network, so they follow the default route, \
          plain, or come back as \"network unreachable\". Flannel adds its routes once; who \
          restarts the network loses them.
          """,
        checks: [
          "ip route | grep {vtep}",
          "ip rule",
          "ip -d link show {vtep}",
        ],
        fix: """
          restart flannel; systemd-networkd: ManageForeignRoutes=no; disable nm-cloud-setup
          """,
        sources: [
          "flannel-io/flannel#1070",
          "flannel-io/flannel#1434",
          "systemd/systemd#29716",
          "rancher/rke2#1053",
        ])
    }
  }
}
