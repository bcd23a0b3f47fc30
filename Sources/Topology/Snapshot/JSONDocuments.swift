/// The arrays of a file that holds several tables, one printed after the other.
struct JSONDocuments: Sequence, IteratorProtocol {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  /// The next document: up to the bracket that closes its first one, else all that is left. Where
  /// it is no JSON is for the decoder to find; its indices are its place in the file.
  mutating func next() -> ArraySlice<UInt8>? {
    rest = rest.drop { " \t\r\n".utf8.contains($0) }
    guard !rest.isEmpty else { return nil }
    let document = rest[..<endOfDocument]
    rest = rest[document.endIndex...]
    return document
  }

  private var endOfDocument: Int {
    var depth = 0
    var isInText = false
    var isEscaped = false
    for (index, byte) in zip(rest.indices, rest) {
      if isInText {
        isInText = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInText = true
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: continue
      }
      if depth <= 0 && !isInText {
        return index + 1
      }
    }
    return rest.endIndex
  }
}
