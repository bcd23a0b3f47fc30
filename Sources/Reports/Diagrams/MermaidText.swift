/// Text for Mermaid's diagrams, where most marks mean something: all but letters, digits and a few
/// harmless ones are written as character codes, `#60;` for `<`.
enum MermaidText {
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in TerminalText.escaped(text).unicodeScalars {
      if isPlain(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "#\(scalar.value);"
      }
    }
    return result
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", " ", ".", "/", "-", "_", "(", ")", ",", "+", ":",
      "→", "±", "µ":
      true
    default: scalar.value > 0xff && scalar.properties.isAlphabetic
    }
  }
}
