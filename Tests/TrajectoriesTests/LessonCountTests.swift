import Packets
import Testing

@testable import Trajectories

/// When a sample ends: once 4,096 rows in turn have taught nothing new.
struct LessonCountTests {
  /// Rows that were joined when a look finds that nothing more is to be learnt; nil if none does. A lesson is
  /// learnt after so many rows each.
  private static func end(
    lessons: [Int], looks: some Sequence<Int>, teach: (Int, inout NetworkKnowledge) -> Void
  ) -> Int? {
    var knowledge = NetworkKnowledge()
    var count = LessonCount()
    var next = 0
    for joined in looks {
      while next < lessons.count && lessons[next] <= joined {
        teach(next, &knowledge)
        next += 1
      }
      if count.areOver(knowledge, joined: joined) { return joined }
    }
    return nil
  }

  @Test(arguments: [
    (lessons: [], end: 4096), ([1], 4097), ([4095], 8191), ([4096], 8192), ([4097], 4096),
    ([0, 10, 4000, 8000], 12_096), ([100, 4196], 8292), ([100, 4197], 4196),
  ])
  func endsAfterQuietRows(_ example: (lessons: [Int], end: Int)) {
    let end = Self.end(lessons: example.lessons, looks: 0..<20_000) { number, knowledge in
      knowledge.learnTransport(from: number, to: number + 1, encapsulated: true)
    }
    #expect(end == example.end)
  }

  /// Not every row is looked at: the count begins at the look that meets the lesson.
  @Test func looksMayBeFarApart() {
    let end = Self.end(lessons: [1], looks: [0, 100, 4195, 4196]) { _, knowledge in
      knowledge.learnTransport(from: 0, to: 1, encapsulated: true)
    }
    #expect(end == 4196)
    #expect(Self.end(lessons: [], looks: [0, 3000, 4095]) { _, _ in } == nil)
  }

  /// How long packets take is a lesson where it was not known at all, or became twice as long.
  @Test(arguments: [
    (delay: Int64(900), point: UInt16(1), isLesson: false), (1000, 1, false), (1001, 1, false),
    (1023, 1, false), (1024, 1, true), (1_000_000, 1, true), (-999_999, 1, false),
    (-1_000_000, 2, false), (3_600_000_000_000, 2, false), (500, 2, true), (-5, 2, true),
  ])
  func shorterDelaysAreNoLesson(_ example: (delay: Int64, point: UInt16, isLesson: Bool)) {
    let end = Self.end(lessons: [0, 1000], looks: 0..<20_000) { number, knowledge in
      if number == 0 {
        knowledge.learnDelay(1000, from: 0, to: 1)
      } else {
        knowledge.learnDelay(example.delay, from: 0, to: example.point)
      }
    }
    #expect(end == (example.isLesson ? 5096 : 4096))
  }
}
