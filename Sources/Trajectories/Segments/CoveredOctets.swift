/// Which octets of observations belong to packets that were put together already.
///
/// Only rows of which some octets do and others do not yet are kept.
struct CoveredOctets {
  /// By file and frame of the row; ranges from the row's own first octet.
  private var ranges: [UInt64: [Range<Int>]] = [:]

  var isEmpty: Bool { ranges.isEmpty }

  /// Notes octets of a row of so many; tells whether all of it is covered now.
  mutating func cover(_ range: Range<Int>, of row: Observation, count: Int) -> Bool {
    let key = Self.key(of: row)
    if range.count == count {
      if !ranges.isEmpty { ranges[key] = nil }
      return true
    }
    guard Self.add(range, to: &ranges[key, default: []]) >= count else { return false }
    ranges[key] = nil
    return true
  }

  /// Adds a range; returns the number of octets that are covered now.
  private static func add(_ range: Range<Int>, to covered: inout [Range<Int>]) -> Int {
    if let last = covered.last, last.upperBound == range.lowerBound {
      covered[covered.count - 1] = last.lowerBound..<range.upperBound
    } else {
      covered.append(range)
    }
    return covered.reduce(0) { $0 + $1.count }
  }

  private static func key(of row: Observation) -> UInt64 { row.frame << 16 | UInt64(row.file) }

  func isCovered(_ range: Range<Int>, of row: Observation) -> Bool {
    guard !ranges.isEmpty, let covered = ranges[Self.key(of: row)] else {
      return false
    }
    return covered.contains { $0.overlaps(range) }
  }

  /// The borders of what is covered; none if nothing is.
  func borders(of row: Observation) -> [Int] {
    guard !ranges.isEmpty else { return [] }
    return (ranges[Self.key(of: row)] ?? []).flatMap {
      [$0.lowerBound, $0.upperBound]
    }
  }

  mutating func forget(_ row: Observation) {
    if !ranges.isEmpty { ranges[Self.key(of: row)] = nil }
  }
}
