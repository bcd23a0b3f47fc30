/// When each capture file was recording, and what may have kept packets out of it.
///
/// Consumes the first pass over the inputs; decides whether a packet that is missing at a point was
/// lost on its way there or merely not recorded.
package struct RecordingTimes: Sendable {
  /// One file's recording, in recorded time (nanoseconds since 1970).
  package struct Span: Sendable {
    package var first: Int64
    package var last: Int64

    func contains(_ time: Int64) -> Bool { first <= time && time <= last }
  }

  /// What is known of the recording of one file at one point.
  struct Coverage: Sendable {
    var file: UInt16
    /// Nil when the file holds no record and no statistics.
    var span: Span?
    /// Packets dropped by the kernel; nil if unknown.
    var drops: UInt64?
    var filter: String?
  }

  enum Verdict {
    case recording(Trajectory.LossEvidence)
    case notRecording
    case captureDrops
    case filtered
  }

  private var coverages: [[Coverage]] = []
  private var nodeSpans: [Span?] = []

  mutating func add(_ coverage: Coverage, to point: UInt16, of node: Int) {
    while coverages.count <= Int(point) { coverages.append([]) }
    coverages[Int(point)].append(coverage)
    while nodeSpans.count <= node { nodeSpans.append(nil) }
    guard let span = coverage.span else { return }
    let known = nodeSpans[node] ?? span
    nodeSpans[node] = Span(
      first: min(known.first, span.first), last: max(known.last, span.last))
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

  /// Whether the point was recording at a moment of its node's clock.
  func verdict(for point: UInt16, of node: Int, at time: Int64) -> Verdict {
    guard point < coverages.count, !coverages[Int(point)].isEmpty else { return .notRecording }
    let all = coverages[Int(point)]
    let isInside = all.contains { $0.span?.contains(time) == true }
    let isEmpty = all.allSatisfy { $0.span == nil }
    let isInsideNode = node < nodeSpans.count && nodeSpans[node]?.contains(time) == true
    guard isInside || isEmpty || isInsideNode else { return .notRecording }
    if all.contains(where: { ($0.drops ?? 0) > 0 }) { return .captureDrops }
    if all.contains(where: { $0.filter != nil }) { return .filtered }
    return .recording(isInside ? .proven : .inferred)
  }
}
