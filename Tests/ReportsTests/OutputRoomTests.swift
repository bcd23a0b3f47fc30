import Testing

@testable import Reports

/// Text that is written in large steps against text that is put together.
@Suite struct OutputRoomTests {
  /// What is appended to room of just this length; nil if that does not hold it, or bytes behind the slack were
  /// changed.
  static func text(length: Int, _ write: (inout OutputRoom) -> Void) -> String? {
    let (text, isWithin) = DecimalDigitsTests.written(reach: length + OutputRoom.slack) { start in
      var room = OutputRoom(start, length: length)
      write(&room)
      return room.count
    }
    return isWithin && text.utf8.count <= length ? text : nil
  }

  /// So many letters, none like its neighbours.
  private static func letters(_ count: Int) -> String {
    String(decoding: (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 23) }, as: UTF8.self)
  }

  @Test func numbersFillRoomOfTheirLength() {
    for number in DecimalDigitsTests.numbers {
      let expected = String(number)
      #expect(Self.text(length: expected.count) { $0.append(number) } == expected)
      let hexadecimal = String(number, radix: 16)
      let zeros = String(repeating: "0", count: 16 - hexadecimal.count)
      #expect(Self.text(length: 16) { $0.appendHexadecimal(number) } == zeros + hexadecimal)
    }
  }

  /// Each number is written over what the one before changed behind its own digits.
  @Test func numbersFollowEachOther() {
    let numbers = DecimalDigitsTests.numbers
    let expected = numbers.map { String($0) }.joined(separator: ",")
    let text = Self.text(length: expected.count) { room in
      for (place, number) in numbers.enumerated() {
        if place > 0 { room.append(word: 0x2c, count: 1) }
        room.append(number)
      }
    }
    #expect(text == expected)
  }

  @Test func wordsAndVectorsOfEveryLength() {
    let word: UInt64 = 0x6867_6665_6463_6261
    var characters = SIMD16<UInt8>()
    for (place, letter) in Self.letters(16).utf8.enumerated() { characters[place] = letter }
    for count in 0...16 {
      let expected = Self.letters(count)
      #expect(Self.text(length: count) { $0.append(characters, count: count) } == expected)
      guard count <= 8 else { continue }
      #expect(Self.text(length: count) { $0.append(word: word, count: count) } == expected)
    }
  }

  /// Copies are made in steps of 32 bytes.
  @Test(arguments: [0, 1, 8, 31, 32, 33, 63, 64, 65, 96, 97, 1000])
  func partsOfATextAndRepetitions(count: Int) {
    let padding = [UInt8](repeating: UInt8(ascii: "~"), count: OutputRoom.padding)
    let bytes = Array(Self.letters(5 + count).utf8) + padding
    let part = String(Self.letters(5 + count).dropFirst(5))
    let expected = "<" + part + ">" + part + "." + part
    let text = Self.text(length: expected.utf8.count) { room in
      room.append(word: UInt64(UInt8(ascii: "<")), count: 1)
      room.append(bytes.span.bytes, from: 5, count: count)
      room.append(word: UInt64(UInt8(ascii: ">")), count: 1)
      room.append(bytes.span.bytes, from: 5, count: count)
      room.append(word: UInt64(UInt8(ascii: ".")), count: 1)
      room.repeat(1..<1 + count)
    }
    #expect(text == expected)
  }

  /// Nothing is appended beyond the room, nor taken from beyond a text: it ends the program.
  @Test func hasBounds() async {
    await #expect(processExitsWith: .failure) {
      _ = Self.text(length: 8) { room in
        for number in 0..<3 as Range<UInt64> { room.append(number + 1_000_000_000) }
      }
    }
    await #expect(processExitsWith: .failure) {
      let bytes = [UInt8](repeating: 0, count: 40)
      _ = Self.text(length: 100) { $0.append(bytes.span.bytes, from: 0, count: 9) }
    }
    await #expect(processExitsWith: .failure) {
      _ = Self.text(length: 100) { $0.repeat(0..<1) }
    }
  }
}
