extension StringProtocol {
  /// Whether no character of the text can do more to a terminal than show itself.
  var isPrintable: Bool {
    unicodeScalars.allSatisfy(\.isPrintable)
  }

  /// The text as it may be shown and used as a name: at most 64 characters, what could steer a
  /// terminal replaced. Names come from captures and tables that others made.
  package var printable: String { printable(atMost: 64) }

  /// The same with another length, in characters.
  func printable(atMost limit: Int) -> String {
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars.prefix(limit) {
      text.append(scalar.isPrintable ? scalar : "\u{fffd}")
    }
    return String(text)
  }
}

extension Unicode.Scalar {
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      false
    default:
      true
    }
  }
}
