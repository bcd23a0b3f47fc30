/// The value of an ASCII hexadecimal digit of either case; nil for other characters.
func hexadecimalValue(of character: UInt8) -> UInt8? {
  switch character {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
  default: nil
  }
}

/// Appends the lowest four bits as a lower-case digit.
func appendHexadecimalDigit(_ bits: UInt64, to text: inout [UInt8]) {
  let digit = UInt8(truncatingIfNeeded: bits & 0xf)
  text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
}

/// Appends a number in decimal, without leading zeros.
func appendDecimal(_ value: UInt8, to text: inout [UInt8]) {
  if value >= 100 { text.append(UInt8(ascii: "0") + value / 100) }
  if value >= 10 { text.append(UInt8(ascii: "0") + value / 10 % 10) }
  text.append(UInt8(ascii: "0") + value % 10)
}
