/// Text of unknown origin, made harmless for a terminal.
enum TerminalText {
  /// Names come from captures and tables that others made: whatever could steer a terminal or hide
  /// itself is shown as its code.
  static func escaped(_ text: String) -> String {
    // Nearly all text is plain: what each character is takes long to look up.
    guard !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isPrintable(scalar) {
        result.unicodeScalars.append(scalar)
      } else if scalar.value < 0x100 {
        result += "\\x" + hexadecimal(scalar.value).rightAligned(to: 2).zeroFilled
      } else {
        result += "\\u{" + hexadecimal(scalar.value) + "}"
      }
    }
    return result
  }

  private static func hexadecimal(_ value: UInt32) -> String { String(value, radix: 16) }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned, .nonspacingMark, .enclosingMark:
      false
    default:
      true
    }
  }
}

extension String {
  fileprivate var zeroFilled: String { String(map { $0 == " " ? "0" : $0 }) }
}
