extension LabScenario {
  /// Scenarios in which points see different units of the same octets: segments and fragments.
  static let cut: [LabScenario] =
    [
      "segmentation", "segmentation-ipv6", "segmentation-udp", "segmentation-udp-ipv6",
      "segmentation-udp-lossy",
      "segmentation-big-tcp", "segmentation-lossy", "segmentation-ipv6-lossy", "fragments",
      "fragments-service", "fragments-again", "fragments-outer", "fragments-ipv6",
      "fragments-service-ipv6",
    ].map { LabScenario(name: $0) } + [
      LabScenario(name: "segmentation-lossy", snapshotLength: 128),
      LabScenario(name: "segmentation-udp", snapshotLength: 128),
      LabScenario(name: "segmentation-udp-lossy", snapshotLength: 128),
      LabScenario(name: "fragments-again", snapshotLength: 128),
      LabScenario(name: "segmentation-ipv6-lossy", snapshotLength: 192),
      LabScenario(name: "segmentation-udp-ipv6", snapshotLength: 192),
      LabScenario(name: "fragments-service-ipv6", snapshotLength: 192),
    ]
}
