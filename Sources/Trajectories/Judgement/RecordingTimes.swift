/// When each capture file was recording, and what may have kept packets out of it.
///
/// Consumes the first pass over the inputs; decides whether a packet that is missing at a point was
/// lost on its way there or merely not recorded.
package struct RecordingTimes: Sendable {
  /// One file's recording, in recorded time (nanoseconds since 1970).
  package struct Span: Sendable {
    package var first: Int64
    package var last: Int64

    func union(_ other: Span) -> Span {
      Span(first: min(first, other.first), last: max(last, other.last))
    }

    func contains(_ time: Int64) -> Bool { first <= time && time <= last }

    func overlaps(_ other: Span) -> Bool { first <= other.last && other.first <= last }

    /// Two captures of a point note slightly different times: 10 milliseconds before or after count.
    fileprivate func isNear(_ time: Int64) -> Bool {
      first &- 10_000_000 <= time && time <= last &+ 10_000_000
    }

    /// Whether both were recording for at least half of the shorter one.
    fileprivate func isBeside(_ other: Span) -> Bool {
      let both = min(last, other.last).subtractingReportingOverflow(max(first, other.first))
      let shorter = min(
        last.subtractingReportingOverflow(first).partialValue,
        other.last.subtractingReportingOverflow(other.first).partialValue)
      return both.overflow || both.partialValue >= 0 && both.partialValue >= shorter / 2
    }
  }

  /// What is known of the recording of one file at one point.
  struct Coverage: Sendable {
    var file: UInt16
    /// Nil when the file holds no record and no statistics.
    var span: Span?
    /// Whether the file was cut off at its end: what came after it, it cannot have.
    var isCut = false
    /// Whether of some frames too little was captured to recognise them.
    var isTruncated = false
    /// Packets dropped by the kernel; nil if unknown.
    var drops: UInt64?
    var filter: PointFilter?
  }

  enum Verdict {
    case recording(Trajectory.LossEvidence)
    case notRecording
    case captureDrops
    case filtered
    case truncated
  }

  private var coverages: [[Coverage]] = []
  /// The recordings of each node's files.
  private var nodeSpans: [[Span]] = []

  mutating func add(_ coverage: Coverage, to point: UInt16, of node: Int) {
    while coverages.count <= Int(point) { coverages.append([]) }
    coverages[Int(point)].append(coverage)
    while nodeSpans.count <= node { nodeSpans.append([]) }
    if let span = coverage.span { nodeSpans[node].append(span) }
  }

  package func span(of point: UInt16) -> Span? {
    guard point < coverages.count else { return nil }
    let spans = coverages[Int(point)].compactMap(\.span)
    guard let first = spans.map(\.first).min(), let last = spans.map(\.last).max() else {
      return nil
    }
    return Span(first: first, last: last)
  }

  package func drops(of point: UInt16) -> UInt64? {
    guard point < coverages.count else { return nil }
    let known = coverages[Int(point)].compactMap(\.drops)
    return known.isEmpty ? nil : known.reduce(0, &+)
  }

  /// Whether the point was captured with a filter that is known.
  func hasFilter(_ point: UInt16) -> Bool {
    point < coverages.count && coverages[Int(point)].contains { $0.filter != nil }
  }

  func hasFilter(_ expression: String, at point: UInt16) -> Bool {
    point < coverages.count
      && coverages[Int(point)].contains { $0.filter?.expression == expression }
  }

  /// Whether two rows of one point are from two files that both were recording then, so that either file
  /// has each packet. Files that follow one another, as rotated ones do, have it once.
  func isRecapture(_ row: Observation, of other: Observation) -> Bool {
    row.point == other.point && isRecapture(row, ofFile: other.file, at: other.time)
  }

  /// The same of a row and another of its point that a file recorded at a time.
  func isRecapture(_ row: Observation, ofFile file: UInt16, at time: Int64) -> Bool {
    guard row.file != file else { return false }
    guard let span = span(of: row.file, at: row.point),
      let otherSpan = self.span(of: file, at: row.point)
    else { return true }
    return span.isBeside(otherSpan) && span.isNear(time) && otherSpan.isNear(row.time)
  }

  private func span(of file: UInt16, at point: UInt16) -> Span? {
    guard point < coverages.count else { return nil }
    return coverages[Int(point)].first { $0.file == file }?.span
  }

  /// From one file of a rotating capture to the next, less than this passes, in nanoseconds.
  private static let rotationGap: UInt64 = 1_000_000_000

  /// Whether a time lies between two files of a point of which the second goes on where the first ends.
  private static func isBetweenParts(_ time: Int64, _ all: [Coverage]) -> Bool {
    all.count > 1
      && all.contains { first in
        guard let end = first.span?.last, end < time else { return false }
        return all.contains { second in
          guard let start = second.span?.first, time < start else { return false }
          return UInt64(bitPattern: start &- end) <= rotationGap
        }
      }
  }

  /// Whether the point was recording at a moment of its node's clock.
  ///
  /// - Parameter passes: whether a filter would have let the packet in question pass.
  func verdict(
    for point: UInt16, of node: Int, at time: Int64, passes: (PointFilter) -> Bool
  ) -> Verdict {
    guard point < coverages.count, !coverages[Int(point)].isEmpty else { return .notRecording }
    let all = coverages[Int(point)]
    let isInside =
      all.contains { $0.span?.contains(time) == true } || Self.isBetweenParts(time, all)
    let isEmpty = all.allSatisfy { $0.span == nil }
    // Captures that ran side by side were most likely started and stopped together.
    let isInsideNode =
      node < nodeSpans.count
      && nodeSpans[node].contains { other in
        other.contains(time) && all.contains { $0.span?.overlaps(other) ?? true }
      }
    let isCutOff = all.allSatisfy { $0.isCut && $0.span.map { $0.last < time } ?? true }
    guard isInside || (isEmpty || isInsideNode) && !isCutOff else { return .notRecording }
    if all.contains(where: { ($0.drops ?? 0) > 0 }) { return .captureDrops }
    if all.contains(where: { $0.filter.map { !passes($0) } ?? false }) { return .filtered }
    if all.contains(where: \.isTruncated) { return .truncated }
    return .recording(isInside ? .proven : .inferred)
  }
}
