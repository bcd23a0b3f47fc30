import Topology
import Trajectories

/// A rule looks into the casebook and adds its findings.
typealias Rule = @Sendable (inout Casebook) -> Void

extension Diagnosis {
  /// All rules in the order of decision: what proves itself first, what is left over last.
  static let rules: [Rule] = [
    RoutingLoopRule.apply,
    // What the packets themselves say against being taken, then errors that somebody sent.
    ChecksumRule.apply, TunnelHeaderRule.apply, TunnelPairRule.apply, RefusalRule.apply,
    PacketSizeRule.applyErrors, NeighbourRule.apply, RejectionRule.apply, VTEPAddressRule.apply,
    // Where the packets were seen last: what is left.
    PacketSizeRule.applyLosses, NameRaceRule.apply, NewConnectionRule.apply, LeftOverRule.apply,
    // Packets that arrive, and should not like this.
    FragmentRule.apply, TranslationRule.apply, ConversationRule.apply, AddressRule.apply,
    ClusterRule.apply,
    BackendRule.apply, SegmentSizeRule.apply, RepeatedSegmentRule.apply,
    // And what is well.
    HealthRule.apply,
  ]

  /// What all packets together show: errors first, then by the number of packets.
  package func findings(_ surroundings: Surroundings) -> [Finding] {
    var casebook = Casebook(self, surroundings: surroundings)
    for rule in Self.rules { rule(&casebook) }
    return casebook.findings.map { finding in
      var finding = finding
      if let cluster = surroundings.cluster { finding.summary = cluster.named(finding.summary) }
      return finding
    }.sorted { one, other in
      (one.severity.rawValue, one.packets) > (other.severity.rawValue, other.packets)
    }
  }
}
