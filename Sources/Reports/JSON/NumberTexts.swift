/// The texts of the numbers written last: that of a port and the like is mostly the same again.
struct NumberTexts {
  /// The most that a number or a time takes, in bytes.
  static let greatestLength = 24

  private struct Text {
    var number: Int64 = 0
    var digits = UInt64(UInt8(ascii: "0"))
    var count = 1
  }

  /// By field.
  private var texts = InlineArray<16, Text>(repeating: Text())
  /// When the second began whose text is kept, in nanoseconds since 1970.
  private var secondStart: UInt64 = 0
  private var second = text(ofSecond: 0)
  private static let nanoseconds: UInt64 = 1_000_000_000

  /// Writes a number of a field, or `null`.
  @inline(__always)
  mutating func append(_ number: Int64?, of field: TraceField, to room: inout OutputRoom) {
    guard let number else {
      // "null", the first letter least significant.
      room.append(word: 0x6c6c_756e, count: 4)
      return
    }
    let place = Int(field.rawValue)
    if texts[place].number != number {
      guard UInt64(bitPattern: number) < DecimalDigits.wordLimit else {
        return room.append(sign(number, in: &room))
      }
      let (digits, count) = DecimalDigits.word(of: number.magnitude)
      texts[place] = Text(number: number, digits: digits, count: count)
    }
    room.append(word: texts[place].digits, count: texts[place].count)
  }

  /// Writes nanoseconds as seconds with nine decimals.
  @inline(__always)
  mutating func append(time: Int64, to room: inout OutputRoom) {
    let time = sign(time, in: &room)
    if time &- secondStart >= Self.nanoseconds { keepSecond(of: time) }
    room.append(second.characters, count: second.count)
    room.appendNine(time &- secondStart)
  }

  @inline(never)
  private mutating func keepSecond(of time: UInt64) {
    second = Self.text(ofSecond: time / Self.nanoseconds)
    secondStart = time - time % Self.nanoseconds
  }

  /// A second's number and a point.
  private static func text(ofSecond second: UInt64) -> (characters: SIMD16<UInt8>, count: Int) {
    var characters = SIMD16<UInt8>()
    let text = "\(second).".utf8
    for (place, character) in text.enumerated() { characters[place] = character }
    return (characters, text.count)
  }

  /// Writes the sign of a negative number; returns what is behind it.
  @inline(__always)
  private func sign(_ number: Int64, in room: inout OutputRoom) -> UInt64 {
    if number < 0 { room.append(word: UInt64(UInt8(ascii: "-")), count: 1) }
    return number.magnitude
  }
}
