/// Tells when a sample has taught what it can: when nothing new was learnt from a good many rows.
struct LessonCount {
  /// Rows from which nothing new is learnt, one after the other, until the rest is taken to teach nothing either.
  private static let quietLimit = 4096

  private var known = 0
  private var quietRows = 0

  /// Counts a row, after what it taught.
  mutating func areOver(_ knowledge: borrowing NetworkKnowledge) -> Bool {
    quietRows += 1
    if knowledge.lessons != known {
      known = knowledge.lessons
      quietRows = 0
    }
    return quietRows >= Self.quietLimit
  }
}
