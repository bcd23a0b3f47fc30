/// Rows of cells in aligned columns.
struct TextTable {
  struct Cell {
    var text: String
    var style = TextStyle.plain
    /// The text in about so many characters; its middle is left out where nothing else is said.
    private var shortening: ((Int) -> String)?

    init(
      _ text: String, _ style: TextStyle = .plain, shortening: ((Int) -> String)? = nil
    ) {
      self.text = text
      self.style = style
      self.shortening = shortening
    }

    fileprivate mutating func shorten(to width: Int) {
      guard text.count > width else { return }
      text = shortening?(width) ?? text.shortened(to: width)
    }
  }

  enum Alignment {
    case left, right
  }

  private let alignments: [Alignment]
  private var rows: [[Cell]] = []
  private var widths: [Int]

  init(_ columns: [(title: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    widths = Array(repeating: 0, count: columns.count)
    append(columns.map { Cell($0.title, .dim) })
  }

  mutating func append(_ cells: [Cell]) {
    rows.append(cells)
    for (column, cell) in cells.enumerated() {
      widths[column] = max(widths[column], cell.text.count)
    }
  }

  /// Shortens the texts of some columns, the same for each, until rows are no longer than `width`.
  mutating func fit(width: Int, shortening columns: [Int]) {
    let gaps = alignments.dropFirst().reduce(2) { $0 + ($1 == .right ? 3 : 1) }
    let fixed = widths.indices.filter { !columns.contains($0) }.reduce(gaps) { $0 + widths[$1] }
    guard fixed + columns.reduce(0, { $0 + widths[$1] }) > width else { return }
    let limit = max(Self.shortest, (width - fixed) / columns.count)
    for column in columns {
      for row in rows.indices { rows[row][column].shorten(to: limit) }
      widths[column] = rows.map { $0[column].text.count }.max() ?? 0
    }
  }

  /// Names that are cut further tell nothing.
  private static let shortest = 6

  func lines(hasColor: Bool) -> [TextLine] {
    rows.map { row in
      var line = TextLine(hasColor: hasColor)
      line.append("  ")
      var start = 2
      for (column, cell) in row.enumerated() {
        let isRight = alignments[column] == .right
        if column > 0 { start += isRight ? 3 : 1 }
        if !cell.text.isEmpty {
          line.pad(to: start + (isRight ? widths[column] - cell.text.count : 0))
          line.append(cell.text, cell.style)
        }
        start += widths[column]
      }
      return line
    }
  }
}
