extension CatalogueEntry {
  static func parameter(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .vniMismatch:
      CatalogueEntry(
        code: .vniMismatch,
        title: "The two nodes use different VNIs",
        severity: .error,
        background: """
          A VXLAN device takes only packets with its own VNI; the others are dropped silently. \
          Mixed clusters with Windows need VNI 4096 everywhere.
          """,
        checks: [
          "ip -d link show {vtep}",
          "kubectl -n kube-flannel get configmap kube-flannel-cfg -o yaml",
        ],
        fix: """
          the same net-conf.json on all nodes; restart flannel, which makes the device anew
          """,
        sources: [
          "k3s-io/k3s#9295",
          "flannel-io/flannel#1394",
        ])
    case .portMismatch:
      CatalogueEntry(
        code: .portMismatch,
        title: "The two nodes use different UDP ports for VXLAN",
        severity: .error,
        background: """
          Each node sends to the port that it listens on itself. With another port on the other \
          side nothing is listening, or another device is.
          """,
        checks: [
          "ip -d link show {vtep}",
          "ss -lun",
        ],
        fix: """
          the same Port in net-conf.json on all nodes (0 means 8472; Windows and Calico use 4789)
          """,
        sources: [
          "projectcalico/calico#10692"
        ])
    case .flagsUnusual:
      CatalogueEntry(
        code: .flagsUnusual,
        title: "VXLAN headers carry flags that the receiver refuses",
        severity: .error,
        background: """
          Linux drops VXLAN packets with any flag or reserved bit that its device is not set up \
          for, which is stricter than RFC 7348: GBP on one side only, for example.
          """,
        checks: [
          "ip -d link show {vtep}"
        ],
        fix: "the same GBP setting in net-conf.json on all nodes",
        sources: [
          "RFC 7348, section 5",
          "drivers/net/vxlan/vxlan_core.c of Linux: vxlan_rcv",
        ])
    case .vtepMACDuplicate:
      CatalogueEntry(
        code: .vtepMACDuplicate,
        title: "Two nodes' VXLAN devices have the same MAC address",
        severity: .error,
        background: """
          The kernel drops an inner frame whose source MAC is its own device's. Cloned virtual \
          machines get equal MACs where systemd derives them from the machine id.
          """,
        checks: [
          "ip link show {vtep} (on both nodes)",
          "cat /etc/machine-id (on both nodes)",
        ],
        fix: """
          systemd-machine-id-setup on each clone, then delete {vtep} and restart flannel
          """,
        sources: [
          "flannel-io/flannel#1485",
          "systemd.link(5), MACAddressPolicy=",
        ])
    default:
      CatalogueEntry(
        code: .congestionMarkDropped,
        title: "Packets marked for congestion are dropped when they leave the tunnel",
        severity: .error,
        background: """
          The outer header was marked \"congestion experienced\" although the inner packet does \
          not take part in ECN. The receiver must drop it (RFC 6040, section 4.2); Linux counts \
          rx_frame_errors.
          """,
        checks: [
          "ip -s -s link show {vtep}",
          "nstat -az | grep -i ect",
        ],
        fix: """
          correct the device in the underlay that marks packets which are not ECN-capable, or that \
          rewrites the TOS byte
          """,
        sources: [
          "RFC 6040, section 4.2"
        ])
    }
  }
}
