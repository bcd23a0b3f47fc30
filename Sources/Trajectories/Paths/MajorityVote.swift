/// The majority of a stream of votes in constant memory (Boyer and Moore, 1981).
struct MajorityVote<Candidate: Hashable & Sendable>: Sendable {
  private(set) var winner: Candidate?
  private var lead = 0

  /// Tells whether the candidate is a new winner.
  @discardableResult
  mutating func vote(_ candidate: Candidate, weight: Int) -> Bool {
    if winner == candidate {
      lead += weight
    } else if lead >= weight && winner != nil {
      lead -= weight
    } else {
      winner = candidate
      lead = weight - lead
      return true
    }
    return false
  }
}
