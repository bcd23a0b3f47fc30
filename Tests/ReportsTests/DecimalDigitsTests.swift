import Testing

@testable import Reports

/// Digits that are made eight at a time against the language's own.
@Suite struct DecimalDigitsTests {
  /// The borders of each length and some of it: 10^k − 1, 10^k, 10^k + 1, equal digits and any ones.
  static let numbers: [UInt64] = {
    var random = SplitMix(state: 7)
    var numbers: [UInt64] = [0, .max, .max - 1, 1 << 63, 1 << 32, 1 << 32 - 1]
    var power: UInt64 = 1
    for length in 1...20 {
      numbers += [power - 1, power, power + 1]
      let last = length == 20 ? UInt64.max : power * 10 - 1
      for _ in 0..<200 { numbers.append(.random(in: power...last, using: &random)) }
      if length < 20 { numbers += (1...9).map { last / 9 * $0 } }
      if length < 20 { power *= 10 }
    }
    return numbers
  }()

  private static func padded(_ number: UInt64, to length: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: length - digits.count) + digits
  }

  /// Characters of a word, the first one least significant.
  private static func text(_ word: UInt64, count: Int = 8) -> String {
    String(decoding: (0..<count).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }, as: UTF8.self)
  }

  /// What is written, and whether nothing was changed behind so many bytes.
  static func written(
    reach: Int, _ write: (UnsafeMutableRawPointer) -> Int
  ) -> (text: String, isWithin: Bool) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: reach + 128, alignment: 8)
    defer { memory.deallocate() }
    let bytes = memory.initializeMemory(as: UInt8.self, repeating: 0xa5)
    let count = memory.baseAddress.map(write) ?? 0
    return (
      String(decoding: bytes.prefix(count), as: UTF8.self),
      bytes.dropFirst(reach).allSatisfy { $0 == 0xa5 }
    )
  }

  @Test func numbersOfEveryLength() {
    #expect(Set(Self.numbers.map { String($0).count }) == Set(1...20))
    for number in Self.numbers {
      let (text, isWithin) = Self.written(reach: DecimalDigits.reach) {
        DecimalDigits.write(number, to: $0)
      }
      #expect(text == String(number))
      #expect(isWithin, "\(number)")
    }
  }

  @Test func wordsOfEightDigits() {
    for number in Self.numbers where number < DecimalDigits.wordLimit {
      #expect(Self.text(DecimalDigits.eight(of: number)) == Self.padded(number, to: 8))
      let (digits, count) = DecimalDigits.word(of: number)
      #expect(Self.text(digits, count: count) == String(number))
    }
  }

  /// All quotients of the divisions by multiplication: each half of the eight digits has four.
  @Test func everyFourDigits() {
    let wrong = (0..<10_000 as Range<UInt64>).filter { four in
      Self.text(DecimalDigits.eight(of: four * 10_001))
        != Self.padded(four, to: 4) + Self.padded(four, to: 4)
    }
    #expect(wrong == [])
  }

  @Test func nineDigits() {
    for number in Self.numbers where number < 1_000_000_000 {
      let (text, isWithin) = Self.written(reach: 9) {
        DecimalDigits.writeNine(number, to: $0)
        return 9
      }
      #expect(text == Self.padded(number, to: 9))
      #expect(isWithin)
    }
  }

  @Test func hexadecimalDigits() {
    for number in Self.numbers {
      let (text, isWithin) = Self.written(reach: 16) {
        HexadecimalDigits.write(number, to: $0)
        return 16
      }
      let digits = String(number, radix: 16)
      #expect(text == String(repeating: "0", count: 16 - digits.count) + digits)
      #expect(isWithin)
    }
  }
}
