extension CatalogueEntry {
  private static let width = 78

  /// The entry as people read it, on a page of 80 columns.
  package var text: String {
    var parts = ["\(code.rawValue) (\(severity.name))\n\(Self.wrapped(title))"]
    parts.append(Self.wrapped(background))
    if !causes.isEmpty {
      parts.append(Self.list(causes.count > 1 ? "Possible causes" : "Likely cause", causes))
    }
    // Names stand for the node's own devices; flannel's serve as an example.
    let commands = checks.map(Self.withUsualNames)
    if !commands.isEmpty { parts.append(Self.list("To check (these only read)", commands)) }
    if !fix.isEmpty { parts.append(Self.list("What to do", [Self.withUsualNames(fix)])) }
    if !sources.isEmpty { parts.append(Self.list("Sources", sources)) }
    return parts.joined(separator: "\n\n")
  }

  private static func list(_ title: String, _ items: [String]) -> String {
    ([title + ":"] + items.map { wrapped($0, indentation: 2, hanging: 4) }).joined(separator: "\n")
  }

  private static func wrapped(_ text: String, indentation: Int = 0, hanging: Int = 0) -> String {
    var lines: [String] = []
    var line = String(repeating: " ", count: indentation)
    var isFresh = true
    for word in text.split(separator: " ") {
      if !isFresh && line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        isFresh = true
      }
      line += (isFresh ? "" : " ") + word
      isFresh = false
    }
    return (lines + [line]).joined(separator: "\n")
  }
}
