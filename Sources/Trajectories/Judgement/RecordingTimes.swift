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
    var filter: String?
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

  /// Whether two rows of one point are from two files that both were recording then, so that either file
  /// has each packet. Files that follow one another, as rotated ones do, have it once.
  func isRecapture(_ row: Observation, of other: Observation) -> Bool {
    guard row.file != other.file, row.point == other.point else { return false }
    guard let span = span(of: row.file, at: row.point),
      let otherSpan = self.span(of: other.file, at: row.point)
    else { return true }
    return span.isBeside(otherSpan) && span.isNear(other.time) && otherSpan.isNear(row.time)
  }

  private func span(of file: UInt16, at point: UInt16) -> Span? {
    guard point < coverages.count else { return nil }
    return coverages[Int(point)].first { $0.file == file }?.span
  }

  /// Whether the point was recording at a moment of its node's clock.
  func verdict(for point: UInt16, of node: Int, at time: Int64) -> Verdict {
    guard point < coverages.count, !coverages[Int(point)].isEmpty else { return .notRecording }
    let all = coverages[Int(point)]
    let isInside = all.contains { $0.span?.contains(time) == true }
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
    if all.contains(where: { $0.filter != nil }) { return .filtered }
    if all.contains(where: \.isTruncated) { return .truncated }
    return .recording(isInside ? .proven : .inferred)
  }
}
