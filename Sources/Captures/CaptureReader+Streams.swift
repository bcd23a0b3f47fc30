/// Reading a stream as it comes: its beginning twice, like a file's, and the rest once.
extension CaptureReader {
  /// Where a stream's bytes come from, to wait for them; nil for a regular file.
  package var descriptor: Int32? { window.descriptor }

  /// Whether `advance()` returned false because the next record has not come yet, or is not to be taken yet.
  package var isStarved: Bool { window.isStarved }

  /// Whether a stream's first record can still be gone back to.
  package var isRetained: Bool { window.isWhole }

  /// Takes what has come of a stream that is held, without looking at it. Tells whether more is to be taken:
  /// not at the stream's end, nor beyond the limit.
  ///
  /// - Parameters:
  ///   - limit: bytes, unpacked, that are kept at the most, or somewhat more.
  ///   - patience: milliseconds that are waited if nothing has come.
  package mutating func readAhead(limit: Int, patience: Int32) -> Bool {
    window.readAhead(limit: limit, patience: patience)
  }

  /// Whether the first record of a stream that is held has come; goes back to it.
  ///
  /// What comes before it is not kept: where nothing happens for hours statistics still come.
  package mutating func holdsRecord() -> Bool {
    let isThere = (try? advance()) == true
    if !isThere && window.isStarved && !canRewind {
      window.keepFromHere()
      firstSection = section
    } else {
      rewind()
    }
    return isThere
  }

  /// A stream is held no longer: it is read on from here, and what was read is not kept.
  ///
  /// - Parameter waits: whether `advance()` waits for a record that has not come yet.
  package mutating func readOn(waits: Bool) {
    window.retains = false
    window.isHeld = false
    window.patience = waits ? -1 : 0
  }
}
