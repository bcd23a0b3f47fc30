extension CatalogueEntry {
  static func checksum(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .outerChecksumWrong:
      CatalogueEntry(
        code: .outerChecksumWrong,
        title: "VXLAN packets arrive with a wrong outer UDP checksum",
        severity: .error,
        background: """
          A packet that was masqueraded before it entered the tunnel keeps its mark, and the outer \
          header is translated a second time; before Linux 5.7 the kernel then computed the outer \
          checksum over fields that changed. The receiver drops such packets without a word and \
          TCP retries for about a minute. Only packets on the receiving side are judged: at the \
          sender the field is often left to hardware.
          """,
        checks: [
          "nstat -az UdpInCsumErrors",
          "ethtool -k {vtep} | grep tx-checksum",
        ],
        fix: """
          ethtool -K {vtep} tx-checksum-ip-generic off on the sending node (a udev rule keeps it); \
          or a kernel from 5.7 on
          """,
        sources: [
          "flannel-io/flannel#1279",
          "kubernetes/kubernetes#88986",
          "projectcalico/calico#3145",
          "rancher/rke2#1541",
        ])
    default:
      CatalogueEntry(
        code: .innerChecksumWrong,
        title: "Packets leave the tunnel with a wrong TCP, UDP or ICMP checksum",
        severity: .error,
        background: """
          Some virtual network cards spoil the inner checksum when they offload encapsulation. \
          Forwarding does not check it, so the packet reaches the pod, whose own stack drops it: \
          ping works where it is not offloaded, TCP and UDP do not.
          """,
        causes: [
          """
          the sending node's network card or hypervisor completes checksums of encapsulated \
          packets wrongly
          """,
          "something on the way alters packets",
        ],
        checks: [
          "ethtool -k {nic} | grep -E 'checksum|tnl'",
          "nstat -az TcpInCsumErrors UdpInCsumErrors (in the pod)",
        ],
        fix: """
          ethtool -K {nic} tx-checksum-ip-generic off tx-udp_tnl-segmentation off \
          tx-udp_tnl-csum-segmentation off on the sending node; or another VXLAN port
          """,
        sources: [
          "projectcalico/calico#9433",
          "projectcalico/calico#4727",
          "coreos/fedora-coreos-tracker#1372",
        ])
    }
  }
}
