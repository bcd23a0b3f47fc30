/// What follows `--` on the command line is filter, all of it.
enum CommandWords {
  /// Rewrites `… -- WORDS` to `… --filter 'WORDS'`: the parser itself would swallow the `--`.
  static func rewritten(_ words: [String]) -> [String] {
    guard let separator = words.firstIndex(of: "--") else { return words }
    let filter = words[(separator + 1)...].joined(separator: " ")
    return filter.isEmpty
      ? Array(words[..<separator]) : words[..<separator] + ["--filter=" + filter]
  }
}
