/// Text as a field of comma-separated values (RFC 4180, section 2).
///
/// Names come from captures that others made, and spreadsheets take text for a formula by its first
/// character: such text is led by an apostrophe. Control characters are shown as codes.
enum CSVText {
  static func field(_ text: String) -> [UInt8] {
    var text = TerminalText.escaped(text)
    if let first = text.unicodeScalars.first, opensFormula(first) { text = "'" + text }
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else {
      return Array(text.utf8)
    }
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
    return bytes
  }

  /// The full-width forms too, which some spreadsheets read alike.
  private static func opensFormula(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "=", "+", "-", "@", "＝", "＋", "－", "＠": true
    default: false
    }
  }
}
