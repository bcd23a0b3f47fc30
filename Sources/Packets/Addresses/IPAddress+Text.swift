extension IPAddress: CustomStringConvertible {
  /// IPv4 in dotted decimal, IPv6 as RFC 5952, section 4 recommends.
  @usableFromInline package var description: String {
    var text: [UInt8] = []
    appendText(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends `description` as ASCII, without making a string.
  package func appendText(to text: inout [UInt8]) {
    if isIPv4 {
      appendDottedDecimal(to: &text)
    } else {
      appendGroups(to: &text)
    }
  }

  private func appendDottedDecimal(to text: inout [UInt8]) {
    for shift in stride(from: 24, through: 0, by: -8) {
      appendDecimal(UInt8(truncatingIfNeeded: v4Bits >> shift), to: &text)
      if shift > 0 { text.append(UInt8(ascii: ".")) }
    }
  }

  private func appendGroups(to text: inout [UInt8]) {
    let zeros = longestRunOfZeroGroups
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound && !zeros.isEmpty {
        text.append(UInt8(ascii: ":"))
        text.append(UInt8(ascii: ":"))
        index = zeros.upperBound
        continue
      }
      if index > 0 && index != zeros.upperBound { text.append(UInt8(ascii: ":")) }
      let group = group(index)
      if group > 0xfff { appendHexadecimalDigit(group >> 12, to: &text) }
      if group > 0xff { appendHexadecimalDigit(group >> 8, to: &text) }
      if group > 0xf { appendHexadecimalDigit(group >> 4, to: &text) }
      appendHexadecimalDigit(group, to: &text)
      index += 1
    }
  }

  /// One of the eight 16-bit groups, the first one first.
  private func group(_ index: Int) -> UInt64 {
    (index < 4 ? high : low) >> ((3 - index % 4) * 16) & 0xffff
  }

  /// The first of the longest runs of at least two zero groups; empty without one (at -1, which is no
  /// index). RFC 5952, section 4.2.
  private var longestRunOfZeroGroups: Range<Int> {
    var longest = -1 ..< -1
    var start = 0
    for index in 0...8 where index == 8 || group(index) != 0 {
      if index - start >= 2 && index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest
  }
}
