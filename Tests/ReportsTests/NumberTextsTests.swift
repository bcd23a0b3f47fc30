import Testing

@testable import Reports

/// Texts of numbers that are kept from one line to the next against the language's own.
@Suite struct NumberTextsTests {
  private static let signed: [Int64] =
    DecimalDigitsTests.numbers.map { Int64(truncatingIfNeeded: $0) }
    + DecimalDigitsTests.numbers.map { 0 &- Int64(truncatingIfNeeded: $0) } + [.min, .max, -1, 0]

  /// What is written; nil if it takes more than a number may.
  private static func text(_ write: (inout OutputRoom) -> Void) -> String? {
    OutputRoomTests.text(length: NumberTexts.greatestLength, write)
  }

  /// Nanoseconds as seconds, by moving the point.
  private static func seconds(_ time: Int64) -> String {
    let digits = String(time.magnitude)
    let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    return (time < 0 ? "-" : "") + padded.dropLast(9) + "." + padded.suffix(9)
  }

  /// Every number twice, and again after another one.
  @Test func numbersOfEveryLength() {
    var texts = NumberTexts()
    for (place, number) in Self.signed.enumerated() {
      for number in [number, number, Self.signed[place / 2], number] {
        #expect(
          Self.text { texts.append(number, of: .length, to: &$0) } == String(number))
      }
    }
    #expect(Self.text { texts.append(nil, of: .length, to: &$0) } == "null")
  }

  /// Each field has a text of its own.
  @Test(arguments: [UInt64(1), 2, 3])
  func fieldsDoNotDisturbEachOther(seed: UInt64) {
    var random = SplitMix(state: seed)
    var texts = NumberTexts()
    let numbers: [Int64?] = [nil, 0, 9, 10, 65_535, 99_999_999, 100_000_000, -1, -65_535, .min]
    for _ in 0..<5000 {
      let field = TraceField(rawValue: .random(in: 0..<16, using: &random)) ?? .frame
      let number = numbers.randomElement(using: &random) ?? nil
      let text = Self.text { texts.append(number, of: field, to: &$0) }
      #expect(text == (number.map { String($0) } ?? "null"))
    }
  }

  @Test func timesOfEveryLength() {
    var texts = NumberTexts()
    for time in Self.signed {
      #expect(Self.text { texts.append(time: time, to: &$0) } == Self.seconds(time))
    }
  }

  /// The text of a second is kept up to its last nanosecond, and not before its first.
  @Test(arguments: [Int64(0), 1_763_823_788_000_000_000, -5_000_000_000])
  func timesAroundASecond(second: Int64) {
    var texts = NumberTexts()
    let steps: [Int64] = [
      0, 1, 999_999_999, 1_000_000_000, 999_999_999, 0, -1, 0, 1_999_999_999, 2_000_000_000,
      -1_000_000_000, 500_000_000, 2_500_000_000,
    ]
    for step in steps {
      let time = second + step
      #expect(Self.text { texts.append(time: time, to: &$0) } == Self.seconds(time))
    }
  }
}
