/// A capture file's name without its folder and its extensions.
struct CaptureFileName {
  let stem: Substring
  /// Name of the folder that holds the file, if the path has one that says anything.
  let folder: String?

  init(path: String) {
    let parts = path.split(separator: "/")
    var stem = parts.last ?? ""
    while let dot = stem.lastIndex(of: "."), dot > stem.startIndex,
      Self.isExtension(stem[stem.index(after: dot)...])
    {
      stem = stem[..<dot]
    }
    self.stem = stem
    folder = parts.dropLast().last.flatMap { $0 == "." || $0 == ".." ? nil : String($0) }
  }

  /// `pcap`, `gz` and the like, and the numbers that tcpdump's `-C` and `-W` append (`pcap12`).
  private static func isExtension(_ text: Substring) -> Bool {
    let name = text.lowercased()
    return extensions.contains(name)
      || name.hasPrefix("pcap") && name.utf8.dropFirst(4).allSatisfy(\.isASCIIDigit)
  }

  private static let extensions: Set<String> = [
    "pcap", "pcapng", "cap", "dmp", "ntar", "gz", "zst", "lz4", "xz", "bz2",
  ]

  /// The stem, then what remains of it each time a number at its end is left out: counters and
  /// times of rotated files (`_00001_20250101120000`, `-2025-01-01_12:00:00`).
  var withoutNumbers: [Substring] {
    var candidates = [stem]
    while let last = candidates.last,
      let separator = last.lastIndex(where: Self.isSeparator), separator > last.startIndex,
      Self.isNumber(last[last.index(after: separator)...])
    {
      candidates.append(last[..<separator])
    }
    return candidates
  }

  /// The stem without counters and times of five and more digits, which no name ends with.
  var withoutRotation: Substring {
    var text = stem
    while let separator = text.lastIndex(where: Self.isSeparator), separator > text.startIndex {
      let tail = text[text.index(after: separator)...]
      guard tail.utf8.count >= 5, Self.isNumber(tail) else { break }
      text = text[..<separator]
    }
    return text
  }

  static func isNumber(_ text: Substring) -> Bool {
    text.utf8.contains(where: \.isASCIIDigit)
      && text.utf8.allSatisfy {
        $0.isASCIIDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "T")
          || $0 == UInt8(ascii: "Z")
      }
  }

  static func isSeparator(_ character: Character) -> Bool {
    character == "-" || character == "_" || character == "." || character == "@"
  }
}
