extension Finding {
  /// Frames that a finding names.
  static let evidenceLimit = 5
  /// Of them those that it keeps of its own beside another's.
  private static let ownEvidence = 3

  /// Takes in another finding that says the same, of other packets.
  ///
  /// The packets add up, and evidence of both is kept. The direction is what both have in common. It is as
  /// severe as the worse and as sure as the less sure one.
  mutating func merge(_ other: Finding) {
    total = total.flatMap { own in
      other.total.map { own + $0 - sharedPassages(with: other) }
    }
    direction = direction.flatMap { own in other.direction.flatMap(own.joined) }
    packets += other.packets
    severity = max(severity, other.severity)
    confidence = min(confidence, other.confidence)
    causes += other.causes.filter { !causes.contains($0) }
    checks += other.checks.filter { !checks.contains($0) }
    let kept = max(Self.ownEvidence, Self.evidenceLimit - other.evidence.count)
    let more = other.evidence.filter { !evidence.prefix(kept).contains($0) }
    evidence = Array((evidence.prefix(kept) + more).prefix(Self.evidenceLimit))
  }

  /// Packets beside those concerned that both totals count: of one destination, or of one that is not known,
  /// they are the same ones.
  private func sharedPassages(with other: Finding) -> UInt64 {
    let ends = (direction?.destination, other.direction?.destination)
    if let one = ends.0, let another = ends.1, one != another { return 0 }
    return min((total ?? 0) - packets, (other.total ?? 0) - other.packets)
  }
}

extension Finding.Direction {
  /// The direction of packets of both; nil if they have no end in common.
  func joined(_ other: Finding.Direction) -> Finding.Direction? {
    if self == other { return self }
    if let source, let destination, ends == other.ends {
      var both = Finding.Direction(
        source: min(source, destination), destination: max(source, destination))
      both.isBothWays = true
      return both
    }
    guard !isBothWays, !other.isBothWays else { return nil }
    let common = Finding.Direction(
      source: source == other.source ? source : nil,
      destination: destination == other.destination ? destination : nil)
    return common.source == nil && common.destination == nil ? nil : common
  }

  private var ends: Set<Int?> { [source, destination] }
}
