/// The report's text for terminals that have nothing but ASCII: each character of others is replaced by
/// one, so that columns stay where they are.
enum PlainCharacters {
  static func text(_ text: String) -> String {
    String(text.map { $0.isASCII ? $0 : replacements[$0] ?? "?" })
  }

  private static let replacements: [Character: Character] = [
    "→": ">", "←": "<", "═": "=", "✗": "x", "✓": "v", "±": "~", "µ": "u", "−": "-", "…": "~",
    "·": "-",
  ]
}
