import Testing

@testable import Reports

@Suite struct TextFormatTests {
  /// Moments by `date -u -d @SECONDS`.
  @Test(arguments: [
    (Int64(0), "1970-01-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
    (951_782_400, "2000-02-29 00:00:00 UTC"), (1_709_251_199, "2024-02-29 23:59:59 UTC"),
    (1_795_371_936, "2026-11-22 18:25:36 UTC"), (4_107_542_400, "2100-03-01 00:00:00 UTC"),
  ])
  func moments(seconds: Int64, text: String) {
    #expect(TextTimes.moment(seconds * 1_000_000_000) == text)
  }

  @Test(arguments: [
    (Int64(1_795_371_936_511_974_000), "18:25:36.511974"),
    (1_795_371_936_511_974_001, "18:25:36.511974001"), (-1000, "23:59:59.999999"),
  ])
  func timesOfDay(time: Int64, text: String) {
    #expect(TextTimes.timeOfDay(time) == text)
  }

  @Test(arguments: [
    (Int64(0), "0"), (850, "850 ns"), (1000, "1 µs"), (1234, "1.2 µs"), (9960, "10 µs"),
    (22_400, "22 µs"), (999_400, "999 µs"), (999_600, "1 ms"), (1_250_000, "1.3 ms"),
    (86_400_000_000_000, "86400 s"), (-5000, "−5 µs"), (Int64.min, "−9223372037 s"),
  ])
  func durations(nanoseconds: Int64, text: String) {
    #expect(TextTimes.duration(nanoseconds) == text)
  }

  @Test(arguments: [
    (Int64(4_000), Int64(2_000), "4±2 µs"), (25_300, 5_400, "25±5 µs"), (25_300, 300, "25±0.3 µs"),
    (0, 3_300, "0±3.3 µs"), (-1_500_000, 41_000, "−1.5±0.04 ms"),
  ])
  func boundedDurations(nanoseconds: Int64, error: Int64, text: String) {
    #expect(TextTimes.duration(nanoseconds, error: error) == text)
  }

  @Test(arguments: [
    (Int64(58), "58 ms"), (2_460, "2.46 s"), (12_400, "12.4 s"), (999_900, "999.9 s"),
    (999_960, "16 min 40 s"), (7_199_400, "1 h 59 min"), (7_199_600, "2 h 0 min"),
    (90_000_000, "1 d 1 h"), (108_000_000_000, "1,250 d 0 h"),
  ])
  func spans(milliseconds: Int64, text: String) {
    #expect(TextTimes.span(milliseconds * 1_000_000) == text)
  }

  @Test(arguments: [
    (UInt64(286), UInt64(2000), "14.3 %"), (9, 100, "9.0 %"), (1, 1, "100 %"),
    (9_999, 10_000, "99.9 %"), (1, 2_000, "0.05 %"), (1, 1_000_000, "< 0.01 %"),
    (0, 5, "0 %"), (0, 0, "n/a"),
  ])
  func percentages(part: UInt64, whole: UInt64, text: String) {
    #expect(TextNumbers.percent(part, of: whole) == text)
  }

  @Test(arguments: [
    (UInt64(0), "0 B"), (999, "999 B"), (1500, "1.5 kB"), (14_400, "14 kB"),
    (999_600, "1 MB"), (.max, "18 EB"),
  ])
  func byteCounts(count: UInt64, text: String) {
    #expect(TextNumbers.bytes(count) == text)
  }

  @Test(arguments: [
    (UInt64(0), "0"), (999, "999"), (1000, "1,000"), (3438, "3,438"), (1_234_567, "1,234,567"),
    (.max, "18,446,744,073,709,551,615"),
  ])
  func groupedNumbers(number: UInt64, text: String) {
    #expect(TextNumbers.grouped(number) == text)
  }

  @Test(arguments: [
    ("short", 10, "short"), ("k3s-worker-1/flannel.1", 11, "k3s-w…nel.1"), ("abcdef", 5, "ab…ef"),
  ])
  func shortenedNames(text: String, width: Int, result: String) {
    #expect(text.shortened(to: width) == result)
  }

  @Test(arguments: [
    ("n1/eth0 ═ n2/eth0  7.8±5.9 µs", "n1/eth0 = n2/eth0  7.8~5.9 us"),
    ("  ✗ wire n2→n1", "  x wire n2>n1"), ("käse🦀", "k?se?"), ("plain", "plain"),
  ])
  func asciiKeepsColumns(text: String, plain: String) {
    #expect(PlainCharacters.text(text) == plain)
    #expect(text.count == plain.count)
  }
}
