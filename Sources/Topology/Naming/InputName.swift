/// A word of the command line that names an input: a path, perhaps with the point it was captured
/// at before it (`node1/cni0=a.pcap`, `node1=any.pcap`).
package struct InputName: Sendable, Equatable {
  package let path: String
  package let node: String?
  /// Nil also for `node1/any=…`, which names no single interface.
  package let interface: String?

  /// Splits a word at its first `=`, if what is before looks like `NODE` or `NODE/INTERFACE` and
  /// no file has the whole word for its name.
  package init(_ word: String, fileExists: (String) -> Bool) {
    if let equals = word.firstIndex(of: "="), let point = Self.point(word[..<equals]),
      word.index(after: equals) < word.endIndex, !fileExists(word)
    {
      path = String(word[word.index(after: equals)...])
      node = point.node
      interface = point.interface == "any" ? nil : point.interface
    } else {
      path = word
      node = nil
      interface = nil
    }
  }

  private static func point(_ text: Substring) -> (node: String, interface: String?)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let node = parts.first, looksLikeNode(node) else { return nil }
    switch parts.count {
    case 1:
      return (String(node), nil)
    case 2 where looksLikeInterface(parts[1]):
      return (String(node), String(parts[1]))
    default:
      return nil
    }
  }

  /// A node is named as DNS names hosts, and more leniently: with underscores.
  private static func looksLikeNode(_ text: Substring) -> Bool {
    text.utf8.first?.isASCIIAlphanumeric == true
      && text.utf8.allSatisfy {
        $0.isASCIIWord || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
      }
  }

  private static func looksLikeInterface(_ text: Substring) -> Bool {
    !text.isEmpty && text.isPrintable && !text.contains(" ")
  }
}
