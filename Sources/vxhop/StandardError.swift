import Glibc

/// Lines for people beside the report.
enum StandardError {
  static func print(_ line: String) { write("vxhop: " + escaped(line) + "\n") }

  /// Text that is this program's own.
  static func write(_ text: String) {
    let text = Array(text.utf8)
    // A line that cannot be written to standard error has nowhere else to go.
    _ = unsafe Glibc.write(STDERR_FILENO, text, text.count)
  }

  /// The line without characters that could steer a terminal: names in it come from others' files.
  private static func escaped(_ line: String) -> String {
    var text = ""
    for scalar in line.unicodeScalars {
      if scalar.properties.generalCategory == .control
        || scalar.properties.generalCategory == .format
      {
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
