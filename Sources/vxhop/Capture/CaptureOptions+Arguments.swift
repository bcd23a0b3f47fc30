import LiveCapture

extension CaptureOptions {
  /// The words that name the same capture, streamed to standard output.
  ///
  /// - Parameter node: the node's name, which another process may find out otherwise.
  func streamingArguments(node: String) -> [String] {
    var words = ["capture", "-w", "-", "--node", node]
    words += interfaces.flatMap { ["-i", $0] }
    words += pod.flatMap { ["--pod", $0] }
    words += kubernetes.flatMap { ["--kubernetes", $0] }
    if isForAll { words.append("--all") }
    words += netns.flatMap { ["--netns", $0] }
    if snapshotLength > 0 { words += ["-s", String(snapshotLength)] }
    if let count { words += ["-c", String(count)] }
    if let duration { words += ["--duration", String(duration)] }
    if let bufferSize { words += ["-B", String(bufferSize)] }
    // Without root it is only said, once, that the user stays the same.
    if let user, Privileges.isRoot { words += ["-Z", user] }
    if noExcludeSelf { words.append("--no-exclude-self") }
    words += vxlanPorts.words
    if let expression = self.words.isEmpty ? filter : self.words.joined(separator: " ") {
      words += ["--filter", expression]
    }
    return words
  }
}

extension String {
  /// The text as one word of a shell's command line.
  var quotedForShell: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
