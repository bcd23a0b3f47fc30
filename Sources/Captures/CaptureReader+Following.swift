/// Reading a stream as it comes, from a descriptor that does not block.
extension CaptureReader {
  /// From here on `advance()` does not wait for a record that has not come yet. What was and is read is
  /// kept, so that it can be read again, until `forget()`.
  package mutating func follow() {
    window.waits = false
    window.retains = true
  }

  /// Whether `advance()` returned false because the next record has not come yet.
  package var isStarved: Bool { window.isStarved }

  /// Whether a stream's first record can still be gone back to.
  package var isRetained: Bool { window.isWhole }

  /// Takes what has come, without looking at it; false at the end of the stream.
  ///
  /// - Parameter limit: bytes that are kept at the most.
  package mutating func readAhead(limit: Int) -> Bool {
    window.readAhead(limit: limit)
  }

  /// Keeps no longer what has been read.
  package mutating func forget() {
    window.retains = false
  }
}
