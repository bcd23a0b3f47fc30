extension InnerPacketFilter {
  /// Splits a command's words into inputs and a filter.
  ///
  /// The first word is always an input. The first later one that opens with a keyword of
  /// pcap-filter(7), `(` or `!` begins the filter: it and all words after it, joined by spaces.
  /// After `--` all is filter.
  package static func splitWords(_ words: [String]) -> (inputs: [String], filter: String?) {
    let end = words.indices.first {
      words[$0] == "--" || $0 > 0 && FilterWords.opensFilter(words[$0])
    }
    guard let end else { return (words, nil) }
    let filter = words[end] == "--" ? words[(end + 1)...] : words[end...]
    return (Array(words[..<end]), filter.isEmpty ? nil : filter.joined(separator: " "))
  }
}
