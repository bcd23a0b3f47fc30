import Testing

@testable import Captures

@Suite struct TimestampUnitTests {
  @Test(arguments: [
    // Resolution, offset in seconds, timestamp, nanoseconds.
    (UInt8(6), Int64(0), UInt64(1_000_001), Int64(1_000_001_000)),
    (9, 0, 1_000_001, 1_000_001),
    (0, 0, 2, 2_000_000_000),
    (12, 0, 1_999, 1),
    (0x7f, 0, .max, 1),
    (0x80 | 10, 0, 1_025, 1_000_976_562),
    (0x80, 0, 3, 3_000_000_000),
    (0xff, 0, .max, 0),
    (9, 10, 5, 10_000_000_005),
    (9, -10, 5, -9_999_999_995),
    (6, 0, .max, .max),
    (9, 0, .max, .max),
    (0x80, 0, .max, .max),
    (9, .max, .max, .max),
    (9, .min, 0, .min),
  ])
  func nanoseconds(
    _ resolution: UInt8, _ offset: Int64, _ timestamp: UInt64, _ nanoseconds: Int64
  ) {
    let unit = TimestampUnit(resolution: resolution, offsetSeconds: offset)
    #expect(unit.nanoseconds(timestamp) == nanoseconds)
  }

  @Test(arguments: [
    (UInt8(6), Int64(1_000)), (9, 1), (0, 1_000_000_000), (12, 1), (0x80, 1_000_000_000),
    (0x8a, 976_562), (0x9e, 1), (0xff, 1),
  ])
  func resolution(_ option: UInt8, _ nanoseconds: Int64) {
    #expect(TimestampUnit(resolution: option).resolution == nanoseconds)
  }
}
