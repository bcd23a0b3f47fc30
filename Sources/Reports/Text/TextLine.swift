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
  private var pieces: [(text: String, style: TextStyle)] = []
  private(set) var columns = 0
  let hasColor: Bool
  /// Where the rest of a line that is too long goes on; nil for a little behind its beginning.
  var hang: Int?

  init(hasColor: Bool) {
    self.hasColor = hasColor
  }

  var text: String {
    pieces.reduce(into: "") { text, piece in
      if hasColor && piece.style != .plain {
        text += "\u{1b}[\(piece.style.rawValue)m\(piece.text)\u{1b}[0m"
      } else {
        text += piece.text
      }
    }
  }

  mutating func append(_ piece: String, _ style: TextStyle = .plain) {
    guard !piece.isEmpty else { return }
    columns += piece.count
    pieces.append((piece, style))
  }

  /// Fills up with blanks.
  mutating func pad(to column: Int) {
    append(String(repeating: " ", count: max(0, column - columns)))
  }
}

// MARK: - Breaking

extension TextLine {
  /// The line in as many as it takes to keep to a width: broken between words, and within those that
  /// are longer than a line.
  func broken(at width: Int) -> [TextLine] {
    guard columns > width else { return [self] }
    let indentation = indentation(within: width)
    var lines: [TextLine] = []
    var line = TextLine(hasColor: hasColor)
    var isFresh = true
    func start() {
      lines.append(line)
      line = TextLine(hasColor: hasColor)
      line.pad(to: indentation)
      isFresh = true
    }
    // Blanks wait for the word behind them: at a line's end there is none.
    var gap = ""
    for piece in pieces {
      for (blanks, letters) in piece.text.words {
        gap += blanks
        guard !letters.isEmpty else { continue }
        var word = letters
        if line.columns + gap.count + word.count > width {
          if !isFresh { start() }
          while line.columns + word.count > width {
            let room = max(1, width - line.columns)
            line.append(String(word.prefix(room)), piece.style)
            word = word.dropFirst(room)
            start()
          }
        } else {
          line.append(gap)
        }
        line.append(String(word), piece.style)
        gap = ""
        isFresh = false
      }
    }
    return lines + [line]
  }

  /// Deep indentation leaves a narrow terminal no room for words.
  private func indentation(within width: Int) -> Int {
    let start = pieces.lazy.flatMap(\.text).prefix { $0 == " " }.count + 2
    let wanted = hang ?? start
    return wanted <= width - 30 ? wanted : min(wanted, 8, width / 4)
  }
}

extension String {
  /// Words, each with the blanks before it: nothing of the text is lost. A number and its unit are
  /// one.
  fileprivate var words: [(blanks: Substring, letters: Substring)] {
    var words: [(blanks: Substring, letters: Substring)] = []
    var start = startIndex
    while start < endIndex {
      let first = utf8[start...].firstIndex { $0 != UInt8(ascii: " ") } ?? endIndex
      var end = utf8[first...].firstIndex(of: UInt8(ascii: " ")) ?? endIndex
      if self[first..<end].last?.isNumber == true {
        let unit = self[end...].dropFirst().prefix { $0.isLetter || $0 == "%" }
        if Self.units.contains(unit) {
          end = self[unit.endIndex...].firstIndex(of: " ") ?? endIndex
        }
      }
      words.append((self[start..<first], self[first..<end]))
      start = end
    }
    return words
  }

  private static let units: Set<Substring> = [
    "%", "ns", "µs", "ms", "s", "byte", "bytes", "B", "kB", "MB", "GB",
  ]

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
