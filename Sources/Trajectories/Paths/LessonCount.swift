/// Tells when a sample has taught what it can: when nothing new was learnt from a good many rows.
///
/// That a way can be gone in less time than was known is no lesson: samples would hardly ever end. Where the times
/// of equal packets are compared, any delay of the way will do, and the joining goes on learning shorter ones.
struct LessonCount {
  /// Rows that teach nothing new, one after the other, until the rest is taken to teach nothing either.
  private static let quietLimit = 4096

  private var lessons = 0
  /// Rows that had been joined when the last lesson was learnt.
  private var rows = 0

  /// - Parameter joined: rows of packets that were put together, all of which have taught what they can.
  mutating func areOver(_ knowledge: borrowing NetworkKnowledge, joined: Int) -> Bool {
    if knowledge.lessons != lessons {
      lessons = knowledge.lessons
      rows = joined
    }
    return joined - rows >= Self.quietLimit
  }
}
