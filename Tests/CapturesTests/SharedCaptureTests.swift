import Captures
import TestSupport
import Testing

/// Other projects' captures, against what capinfos, tcpdump and tshark say of them.
@Suite(.enabled(if: SharedCaptures.arePresent, Comment(rawValue: SharedCaptures.skipReason)))
struct SharedCaptureTests {
  /// Damaged on purpose, and read differently by each tool.
  static let fuzzed = SharedCaptures.entries.filter { $0.name.hasPrefix("fuzz/") }
  static let ordinary = SharedCaptures.entries.filter { !$0.name.hasPrefix("fuzz/") }

  @Test(arguments: ordinary) func frameCount(_ entry: SharedCaptures.Entry) {
    let reading = Reading(path: entry.path)
    guard let packets = entry.packets else {
      #expect(reading.records.isEmpty)
      return
    }
    #expect(reading.records.count == packets)
    #expect(reading.records.map(\.frame) == (0..<packets).map { UInt64($0 + 1) })
    #expect((reading.error != nil) == entry.endsInError)
  }

  @Test(arguments: fuzzed) func damage(_ entry: SharedCaptures.Entry) {
    let reading = Reading(path: entry.path)
    if entry.endsInError {
      #expect(reading.error != nil)
    }
  }

  /// Interfaces of one capture may have different link types; tshark tells each frame's.
  @Test(arguments: ordinary.filter { $0.oracle != nil })
  func lengthsAndTimes(_ entry: SharedCaptures.Entry) throws {
    let frames = SharedCaptures.table(try #require(entry.oracle))
    let records = Reading(path: entry.path).records
    #expect(records.count == frames.count)
    for (record, frame) in zip(records, frames) {
      let number = Comment(rawValue: "frame \(record.frame)")
      #expect(String(record.frame) == frame["frame.number"], number)
      #expect(String(record.originalLength) == frame["frame.len"], number)
      #expect(String(record.bytes.count) == frame["frame.cap_len"], number)
      #expect(Self.decimal(record.time) == frame["frame.time_epoch"], number)
    }
  }

  @Test(arguments: SharedCaptures.entries) func pipedAndMapped(_ entry: SharedCaptures.Entry) throws
  {
    let file = try #require(FileBytes.read(entry.path))
    #expect(Reading(piping: file, name: entry.path) == Reading(path: entry.path))
  }

  @Test(arguments: ordinary) func lastTime(_ entry: SharedCaptures.Entry) throws {
    let reading = Reading(path: entry.path)
    guard !reading.records.isEmpty else { return }
    var reader = try CaptureReader(path: entry.path)
    #expect(try reader.lastRecordTime() == reading.records.last?.time)
    #expect(Reading(reader: &reader) == reading, "the reader stays where it was")
  }

  /// Seconds with nine decimals, as tshark prints them.
  static func decimal(_ time: Int64) -> String {
    let fraction = String(time % 1_000_000_000)
    return "\(time / 1_000_000_000)."
      + String(repeating: "0", count: 9 - fraction.count) + fraction
  }
}
