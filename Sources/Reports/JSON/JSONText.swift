/// Text as a JSON string (RFC 8259, section 7), quotes included.
///
/// Names come from captures that others made: besides what JSON demands, DEL and the C1 controls
/// are escaped too, since JSON is looked at on terminals.
enum JSONText {
  static func quoted(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}":
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(hexadecimalDigit(scalar.value >> 4))
        bytes.append(hexadecimalDigit(scalar.value & 15))
      default:
        bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    return bytes
  }

  private static func hexadecimalDigit(_ value: UInt32) -> UInt8 {
    let digit = UInt8(truncatingIfNeeded: value)
    return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
