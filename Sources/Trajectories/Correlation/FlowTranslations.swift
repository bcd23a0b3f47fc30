/// Which addresses and ports became which others: learnt per flow from packets that are recognised
/// without them, so that those without IP identification are recognised after translation, too.
///
/// A table of fixed size; of two flows at one place the later one stays.
struct FlowTranslations: Sendable {
  private static let capacity = 1 << 14

  private var pairs: [UInt64] = []
  /// How often something was learnt that was not known.
  private(set) var changes = 0

  /// Learns that a packet had first one's addresses and then the other's, and that answers to it have
  /// them the other way round.
  mutating func learn(from one: Observation, to other: Observation) {
    if pairs.isEmpty { pairs = Array(repeating: 0, count: Self.capacity) }
    for pair in [
      Self.pair(one.endpointsHash, other.endpointsHash),
      Self.pair(one.answer.endpointsHash, other.answer.endpointsHash),
    ] {
      let place = Self.place(pair)
      if pairs[place] != pair { changes &+= 1 }
      pairs[place] = pair
    }
  }

  /// Whether packets of one's flow become, or were, packets of the other's.
  func contains(_ one: Observation, _ other: Observation) -> Bool {
    guard !pairs.isEmpty else { return false }
    let pair = Self.pair(one.endpointsHash, other.endpointsHash)
    return pairs[Self.place(pair)] == pair
  }

  private static func pair(_ one: UInt64, _ other: UInt64) -> UInt64 {
    Observation.mix(min(one, other), max(one, other)) | 1
  }

  private static func place(_ pair: UInt64) -> Int {
    Int(truncatingIfNeeded: pair >> 40) & (capacity - 1)
  }
}
