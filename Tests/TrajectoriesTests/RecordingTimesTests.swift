import Testing

@testable import Captures
@testable import Trajectories

struct RecordingTimesTests {
  typealias Coverage = RecordingTimes.Coverage
  typealias Span = RecordingTimes.Span

  @Test(arguments: [
    (Int64(9), "not recording"), (10, "proven"), (15, "proven"), (20, "proven"), (21, "inferred"),
    (40, "inferred"), (41, "not recording"),
  ])
  func insideTheFileInsideTheNodeOutsideBoth(time: Int64, expected: String) {
    var times = RecordingTimes()
    times.add(Coverage(file: 0, span: Span(first: 10, last: 20)), to: 0, of: 0)
    times.add(Coverage(file: 1, span: Span(first: 10, last: 40)), to: 1, of: 0)
    #expect(Self.word(times.verdict(for: 0, of: 0, at: time) { _ in false }) == expected)
  }

  @Test(arguments: [(Int64(20), "proven"), (21, "not recording")])
  func aFileThatWasCutOffRecordedNothingAfterItsEnd(time: Int64, expected: String) {
    var times = RecordingTimes()
    times.add(Coverage(file: 0, span: Span(first: 10, last: 20), isCut: true), to: 0, of: 0)
    times.add(Coverage(file: 1, span: Span(first: 10, last: 40)), to: 1, of: 0)
    #expect(Self.word(times.verdict(for: 0, of: 0, at: time) { _ in false }) == expected)
  }

  @Test(arguments: [
    (Int64?.none, Int64?.none, Int64(10), Int64(20)), (15, 30, 15, 30), (5, 15, 5, 20),
    (25, nil, 10, 20),
  ])
  func statisticsTellWhenAnInterfaceWasOpen(
    start: Int64?, end: Int64?, first: Int64, last: Int64
  ) {
    var interface = CaptureInterface(
      linkType: .ethernet, snapshotLength: 0, timestampResolution: 1)
    interface.startTime = start
    interface.endTime = end
    let span = Span(first: 10, last: 20).corrected(by: interface)
    #expect(span.first == first)
    #expect(span.last == last)
  }

  @Test func tooShortFramesMayBeThePacket() {
    var times = RecordingTimes()
    times.add(Coverage(file: 0, span: Span(first: 0, last: 9), isTruncated: true), to: 0, of: 0)
    #expect(Self.word(times.verdict(for: 0, of: 0, at: 5) { _ in false }) == "truncated")
  }

  @Test(arguments: [
    // Rotated: one after the other. Two captures side by side, one of them begun later.
    (Span(first: 0, last: 100_000_000), Span(first: 100_000_001, last: 300_000_000), false),
    (Span(first: 0, last: 300_000_000), Span(first: 90_000_000, last: 300_000_010), true),
  ])
  func onlyFilesSideBySideRecapture(one: Span, other: Span, expected: Bool) {
    var times = RecordingTimes()
    times.add(Coverage(file: 0, span: one), to: 0, of: 0)
    times.add(Coverage(file: 1, span: other), to: 0, of: 0)
    var (first, second) = (Observation(), Observation())
    (first.file, first.time) = (0, 99_999_999)
    (second.file, second.time) = (1, 100_000_002)
    #expect(times.isRecapture(second, of: first) == expected)
  }

  @Test func anEmptyFileMayHaveRecordedAtAnyTime() {
    var times = RecordingTimes()
    times.add(Coverage(file: 0, span: nil), to: 0, of: 0)
    #expect(Self.word(times.verdict(for: 0, of: 0, at: 1) { _ in false }) == "inferred")
  }

  @Test func aPointWithoutACaptureDidNotRecord() {
    #expect(
      Self.word(RecordingTimes().verdict(for: 3, of: 0, at: 1) { _ in false }) == "not recording")
  }

  @Test(arguments: [
    (UInt64?.none, String?.none, "proven"), (0, nil, "proven"), (1, nil, "capture drops"),
    (0, "tcp", "filtered"),
  ])
  func whatMayHaveKeptPacketsOut(drops: UInt64?, filter: String?, expected: String) {
    var times = RecordingTimes()
    times.add(
      Coverage(
        file: 0, span: Span(first: 0, last: 9), drops: drops,
        filter: filter.map { PointFilter($0, looksIntoTunnels: true) }), to: 0, of: 0)
    #expect(Self.word(times.verdict(for: 0, of: 0, at: 5) { _ in false }) == expected)
    #expect(times.drops(of: 0) == drops)
  }

  private static func word(_ verdict: RecordingTimes.Verdict) -> String {
    switch verdict {
    case .recording(.proven): "proven"
    case .recording(.inferred): "inferred"
    case .notRecording: "not recording"
    case .captureDrops: "capture drops"
    case .filtered: "filtered"
    case .truncated: "truncated"
    }
  }
}
