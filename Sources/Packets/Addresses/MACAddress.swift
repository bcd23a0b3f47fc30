/// A 48-bit MAC address. IEEE 802, clause 8.
package struct MACAddress: Hashable, Sendable, BitwiseCopyable {
  /// The first byte on the wire is the most significant one; the upper 16 bits are zero.
  package let bits: UInt64

  /// The upper 16 of the 64 bits are ignored.
  package init(bits: UInt64) {
    self.bits = bits & 0xffff_ffff_ffff
  }

  /// Six groups of two hexadecimal digits with `:` or `-` between them; nil for anything else.
  package init?(_ text: some StringProtocol) {
    var bits: UInt64 = 0
    var position = 0
    for character in text.utf8 {
      if position % 3 == 2 {
        guard character == UInt8(ascii: ":") || character == UInt8(ascii: "-") else { return nil }
      } else {
        guard let digit = hexadecimalValue(of: character) else { return nil }
        bits = bits << 4 | UInt64(digit)
      }
      position += 1
      guard position <= 17 else { return nil }
    }
    guard position == 17 else { return nil }
    self.init(bits: bits)
  }

  /// Appends `aa:bb:cc:dd:ee:ff` as ASCII.
  package func appendText(to text: inout [UInt8]) {
    for shift in stride(from: 40, through: 0, by: -8) {
      appendHexadecimalDigit(bits >> (shift + 4), to: &text)
      appendHexadecimalDigit(bits >> shift, to: &text)
      if shift > 0 { text.append(UInt8(ascii: ":")) }
    }
  }
}

extension MACAddress: CustomStringConvertible {
  package var description: String {
    var text: [UInt8] = []
    appendText(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
