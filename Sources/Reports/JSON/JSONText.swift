/// Text as a JSON string (RFC 8259, section 7), quotes included.
///
/// Names come from captures that others made: besides what JSON demands, DEL, the C1 controls and
/// characters that turn or hide text are escaped too, since JSON is looked at on terminals.
enum JSONText {
  static func quoted(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{61c}", "\u{200b}"..."\u{200f}",
        "\u{2028}"..."\u{202e}", "\u{2060}"..."\u{206f}", "\u{feff}":
        bytes.append(contentsOf: "\\u".utf8)
        for shift in [12, 8, 4, 0] as [UInt32] {
          bytes.append(hexadecimalDigit(scalar.value >> shift & 15))
        }
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
