/// How a piece of text stands out, where colour is wanted.
enum TextStyle: String {
  case plain = ""
  case bold = "1"
  case dim = "2"
  /// Trouble.
  case bad = "1;31"
  /// What cannot be told.
  case doubtful = "33"
  case good = "32"
}

/// A line in the making; knows how many columns it takes, whatever colours are in it.
struct TextLine {
  private(set) var text = ""
  private(set) var columns = 0
  let hasColor: Bool

  init(hasColor: Bool) {
    self.hasColor = hasColor
  }

  mutating func append(_ piece: String, _ style: TextStyle = .plain) {
    columns += piece.count
    if hasColor && style != .plain && !piece.isEmpty {
      text += "\u{1b}[\(style.rawValue)m\(piece)\u{1b}[0m"
    } else {
      text += piece
    }
  }

  /// Fills up with blanks.
  mutating func pad(to column: Int) {
    append(String(repeating: " ", count: max(0, column - columns)))
  }
}

extension String {
  func rightAligned(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  /// At most `width` characters, the middle left out: names differ at both ends.
  func shortened(to width: Int) -> String {
    guard count > width, width > 1 else { return self }
    let tail = (width - 1) / 2
    return prefix(width - 1 - tail) + "…" + suffix(tail)
  }
}
