import Topology
import Trajectories

/// Segments that are sent again although they arrived: slow streams without a loss (catalogue 3).
enum RepeatedSegmentRule {
  /// A few are usual: a timer that ran out early, a probe of the tail.
  private static let fewest: UInt64 = 20
  /// At least one packet in so many of the same way.
  private static let share: UInt64 = 50

  private struct Way: Hashable {
    var first: UInt16
    var last: UInt16
  }

  static func apply(_ book: inout Casebook) {
    var counts: [Way: UInt64] = [:]
    var examples: [Way: [FrameReference]] = [:]
    var order: [Way] = []
    for segment in book.needlessRepeats {
      let way = Way(first: segment.first, last: segment.last)
      if counts[way] == nil { order.append(way) }
      counts[way, default: 0] += 1
      if counts[way, default: 0] <= 3 { examples[way, default: []].append(segment.frame) }
    }
    for way in order {
      guard let count = counts[way], count >= fewest else { continue }
      let all = book.passages.filter { $0.first == way.first && $0.last == way.last }
        .reduce(0) { $0 + $1.count }
      guard count * share >= all else { continue }
      let direction = Finding.Direction(
        source: book.table[way.first].node, destination: book.table[way.last].node)
      book.report(
        book.finding(
          .deliveredSegmentsRepeated, confidence: .low, point: way.last, direction: direction,
          packets: count, total: all, evidence: examples[way] ?? [],
          summary: "TCP segments \(book.way(direction)) are sent again although they reached"
            + " \(book.name(way.last)) the first time"))
    }
  }
}
