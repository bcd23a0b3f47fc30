import Packets
import Topology
import Trajectories

extension Casebook {
  /// A finding about lost packets, with what the catalogue says of its kind.
  ///
  /// - Parameters:
  ///   - node: where the commands are to be run; the node of the last point otherwise.
  ///   - causes: those that are left; all of the catalogue's otherwise.
  func finding(
    _ code: FindingCode, _ group: LossGroup, confidence: Finding.Confidence, node: Int? = nil,
    causes: [String]? = nil, also examples: [FrameReference] = [], summary: String
  ) -> Finding {
    let entry = CatalogueEntry.entry(for: code)
    let crossed = crossings(of: group).count
    let share = crossed + group.count
    let isRare = entry.severity == .error && group.count * 1000 < share
    return make(
      entry, severity: isRare ? .warning : entry.severity, confidence: confidence,
      point: group.from, direction: group.direction, packets: group.count, total: share,
      node: node ?? table[group.from].node, causes: causes ?? entry.causes,
      evidence: Array((group.examples + examples).prefix(Finding.evidenceLimit)),
      isIPv6: isIPv6(group),
      summary: summary)
  }

  /// A finding about packets that need not be lost.
  func finding(
    _ code: FindingCode, severity: Finding.Severity? = nil, confidence: Finding.Confidence,
    point: UInt16?, direction: Finding.Direction?, packets: UInt64, total: UInt64? = nil,
    node: Int? = nil, causes: [String]? = nil, evidence: [FrameReference], isIPv6: Bool = false,
    summary: String
  ) -> Finding {
    let entry = CatalogueEntry.entry(for: code)
    return make(
      entry, severity: severity ?? entry.severity, confidence: confidence, point: point,
      direction: direction, packets: packets, total: total,
      node: node ?? point.map { table[$0].node }, causes: causes ?? entry.causes,
      evidence: Array(evidence.prefix(Finding.evidenceLimit)), isIPv6: isIPv6, summary: summary)
  }

  private func make(
    _ entry: CatalogueEntry, severity: Finding.Severity, confidence: Finding.Confidence,
    point: UInt16?, direction: Finding.Direction?, packets: UInt64, total: UInt64?, node: Int?,
    causes: [String], evidence: [FrameReference], isIPv6: Bool, summary: String
  ) -> Finding {
    let command = { surroundings.command($0, node: node, isIPv6: isIPv6) }
    return Finding(
      code: entry.code, severity: severity, confidence: confidence, point: point,
      direction: direction, packets: packets, total: total, summary: summary, causes: causes,
      evidence: evidence, checks: entry.checks.map(command), fix: command(entry.fix))
  }

  private func isIPv6(_ group: LossGroup) -> Bool {
    group.rows.allSatisfy { losses[$0].key.isIPv6 }
  }

  /// The node by name, or `another node`.
  func nodeName(of node: Int?) -> String { node.map { table.nodes[$0] } ?? "another node" }

  /// `from n1 to n2`, as far as known.
  func way(_ direction: Finding.Direction) -> String {
    switch (direction.source, direction.destination) {
    case (let source?, let destination?) where source != destination:
      "from \(table.nodes[source]) to \(table.nodes[destination])"
    case (let source?, nil): "from \(table.nodes[source])"
    case (nil, let destination?): "to \(table.nodes[destination])"
    case (let source?, _): "on \(table.nodes[source])"
    default: "of this direction"
    }
  }
}
