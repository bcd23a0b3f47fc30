extension CatalogueEntry {
  static func verdict(_ code: FindingCode) -> CatalogueEntry {
    switch code {
    case .packetsLost:
      CatalogueEntry(
        code: .packetsLost,
        title: "Packets are lost between two points with others in between",
        severity: .error,
        background: """
          Captures of the points in between would tell which part of the way loses them; the \
          findings for that part then say why.
          """,
        checks: ["vxhop where POD-ADDRESS (on both nodes: names the points in between)"],
        fix: "capture the points in between as well")
    case .podRefuses:
      CatalogueEntry(
        code: .podRefuses,
        title: "The pod itself refuses the connection",
        severity: .info,
        background: """
          The request reached the pod and the pod answered with RST, or with \"port unreachable\": \
          the overlay is healthy, nothing listens on that port.
          """,
        checks: [
          "ss -lnt (in the pod)",
          "kubectl get pods -o wide",
        ],
        fix: "start the application, or correct the port")
    case .podSilent:
      CatalogueEntry(
        code: .podSilent,
        title: "The request reached the pod and nothing came back",
        severity: .info,
        background: """
          Repeated requests were delivered to the pod's interface, and no answer left it: the \
          overlay is healthy, the answer is in the pod.
          """,
        causes: [
          "the application does not answer",
          "a firewall in the pod, or a sidecar, drops the request",
        ],
        checks: [
          "ss -lnt (in the pod)",
          "iptables -nvL (in the pod)",
        ],
        fix: "look into the pod")
    default:
      CatalogueEntry(
        code: .overlayHealthy,
        title: "The overlay carries packets in this direction without loss",
        severity: .info,
        background: """
          Every packet between the two nodes that the captures can judge was seen at every \
          captured point of its path.
          """)
    }
  }
}
