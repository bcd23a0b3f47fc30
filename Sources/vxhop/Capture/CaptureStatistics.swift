import Glibc

/// What was captured at each point, for people.
struct CaptureStatistics {
  struct Point {
    var name: String
    /// Packets written, packets that passed the kernel's filter, packets that it had no room for.
    var captured: UInt64
    var received: UInt64
    var dropped: UInt64
  }

  var points: [Point]

  var drops: UInt64 { points.reduce(0) { $0 + $1.dropped } }

  func print() {
    let heads = ["captured", "received", "dropped by the kernel"]
    let rows = points.map { ($0.name, [$0.captured, $0.received, $0.dropped].map(String.init)) }
    let nameWidth = max(5, rows.map(\.0.count).max() ?? 0)
    var lines = [Self.line("point", heads, heads, nameWidth)]
    lines += rows.map { Self.line($0.0, $0.1, heads, nameWidth) }
    for line in lines { StandardError.print(line) }
    guard drops > 0 else { return }
    StandardError.print(
      "\(drops) packets were dropped: more buffer (-B), fewer bytes of each (-s 192) or a filter help"
    )
  }

  private static func line(
    _ name: String, _ cells: [String], _ heads: [String], _ nameWidth: Int
  ) -> String {
    zip(cells, heads).reduce(name + String(repeating: " ", count: nameWidth - name.count)) {
      let width = max(11, $1.1.count + 2)
      return $0 + String(repeating: " ", count: max(1, width - $1.0.count)) + $1.0
    }
  }
}
