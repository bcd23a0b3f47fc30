extension IPAddress {
  /// An address in dotted decimal (four numbers, no leading zeros: RFC 6943, section 3.1.1) or in one of
  /// the forms of RFC 4291, section 2.2. Nil for anything else; zone identifiers are not taken.
  package init?(_ text: some StringProtocol) {
    let characters = Array(text.utf8)
    if characters.contains(UInt8(ascii: ":")) {
      self.init(v6: characters[...])
    } else {
      guard let bits = Self.dottedDecimal(characters[...]) else { return nil }
      self.init(v4: bits)
    }
  }

  private init?(v6 characters: ArraySlice<UInt8>) {
    guard let gap = Self.firstDoubleColon(in: characters) else {
      guard let groups = Self.groups(characters), groups.count == 8 else { return nil }
      self.init(groups: groups)
      return
    }
    guard let head = Self.groups(characters[..<gap], isEnd: false),
      let tail = Self.groups(characters[(gap + 2)...]), head.count + tail.count < 8
    else { return nil }
    let zeros = Array(repeating: UInt16(0), count: 8 - head.count - tail.count)
    self.init(groups: head + zeros + tail)
  }

  /// `groups` are eight.
  private init(groups: [UInt16]) {
    self.init(
      high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
      low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
  }

  private static func firstDoubleColon(in characters: ArraySlice<UInt8>) -> Int? {
    characters.indices.dropLast().first {
      characters[$0] == UInt8(ascii: ":") && characters[$0 + 1] == UInt8(ascii: ":")
    }
  }

  /// Groups with `:` between them, the last two in dotted decimal perhaps (`isEnd`). None for no text.
  private static func groups(_ characters: ArraySlice<UInt8>, isEnd: Bool = true) -> [UInt16]? {
    guard !characters.isEmpty else { return [] }
    let parts = characters.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if isEnd, index == parts.count - 1, let bits = dottedDecimal(part) {
        groups += [UInt16(bits >> 16), UInt16(bits & 0xffff)]
      } else {
        guard let group = group(part) else { return nil }
        groups.append(group)
      }
    }
    return groups.count <= 8 ? groups : nil
  }

  /// One to four hexadecimal digits.
  private static func group(_ characters: ArraySlice<UInt8>) -> UInt16? {
    guard (1...4).contains(characters.count) else { return nil }
    var group: UInt16 = 0
    for character in characters {
      guard let digit = hexadecimalValue(of: character) else { return nil }
      group = group << 4 | UInt16(digit)
    }
    return group
  }

  private static func dottedDecimal(_ characters: ArraySlice<UInt8>) -> UInt32? {
    let parts = characters.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else {
        return nil
      }
      var number: UInt32 = 0
      for character in part {
        guard let digit = hexadecimalValue(of: character), digit < 10 else { return nil }
        number = number * 10 + UInt32(digit)
      }
      guard number <= 255 else { return nil }
      bits = bits << 8 | number
    }
    return bits
  }
}
