/// Which octets of observations belong to packets that were put together already.
///
/// Only rows of which some octets do and others do not yet are kept.
struct CoveredOctets {
  private struct Key: Hashable {
    let file: UInt16
    let frame: UInt64
  }

  /// By row; ranges from the row's own first octet.
  private var ranges: [Key: [Range<Int>]] = [:]

  var isEmpty: Bool { ranges.isEmpty }

  /// Notes octets of a row of so many; tells whether all of it is covered now.
  mutating func cover(_ range: Range<Int>, of row: Observation, count: Int) -> Bool {
    let key = Key(file: row.file, frame: row.frame)
    if range.count == count {
      if !ranges.isEmpty { ranges[key] = nil }
      return true
    }
    var covered = ranges[key] ?? []
    covered.append(range)
    if covered.reduce(0, { $0 + $1.count }) >= count {
      ranges[key] = nil
      return true
    }
    ranges[key] = covered
    return false
  }

  func isCovered(_ range: Range<Int>, of row: Observation) -> Bool {
    guard !ranges.isEmpty, let covered = ranges[Key(file: row.file, frame: row.frame)] else {
      return false
    }
    return covered.contains { $0.overlaps(range) }
  }

  /// The borders of what is covered; none if nothing is.
  func borders(of row: Observation) -> [Int] {
    guard !ranges.isEmpty else { return [] }
    return (ranges[Key(file: row.file, frame: row.frame)] ?? []).flatMap {
      [$0.lowerBound, $0.upperBound]
    }
  }

  mutating func forget(_ row: Observation) {
    if !ranges.isEmpty { ranges[Key(file: row.file, frame: row.frame)] = nil }
  }
}
