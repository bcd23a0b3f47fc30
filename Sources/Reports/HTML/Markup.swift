/// HTML and SVG in the making.
///
/// Whatever comes in as a `String` is escaped, as text and as an attribute's value; only literals of
/// the program itself, as `StaticString`, are markup. So nothing out of a capture can become any.
struct Markup {
  typealias Attributes = KeyValuePairs<StaticString, String>

  private(set) var bytes: [UInt8] = []

  mutating func raw(_ markup: StaticString) {
    markup.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  /// Takes over what was written elsewhere.
  mutating func append(_ other: Markup) {
    bytes.append(contentsOf: other.bytes)
  }

  /// The program's own style sheet or script, which must reach the page as it is.
  mutating func append(asset: [UInt8]) {
    bytes.append(contentsOf: asset)
  }

  mutating func text(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): raw("&amp;")
      case UInt8(ascii: "<"): raw("&lt;")
      case UInt8(ascii: ">"): raw("&gt;")
      case UInt8(ascii: "\""): raw("&quot;")
      case UInt8(ascii: "'"): raw("&#39;")
      default: bytes.append(byte)
      }
    }
  }

  mutating func element(
    _ name: StaticString, _ attributes: Attributes = [:], _ content: (inout Markup) -> Void
  ) {
    open(name, attributes)
    raw(">")
    content(&self)
    raw("</")
    raw(name)
    raw(">")
  }

  mutating func element(_ name: StaticString, _ attributes: Attributes = [:], text: String) {
    element(name, attributes) { $0.text(text) }
  }

  /// What may be wider than the page is: it scrolls by itself, by keyboard too.
  ///
  /// - Parameter name: says what it is to those who cannot see it.
  mutating func scrolling(
    _ name: String, class size: String = "scroll", _ content: (inout Markup) -> Void
  ) {
    element(
      "div", ["class": size, "tabindex": "0", "role": "group", "aria-label": name], content)
  }

  /// An element without content: void in HTML, closed at once in SVG.
  mutating func empty(_ name: StaticString, _ attributes: Attributes = [:]) {
    open(name, attributes)
    raw("/>")
  }

  private mutating func open(_ name: StaticString, _ attributes: Attributes) {
    raw("<")
    raw(name)
    for (key, value) in attributes {
      raw(" ")
      raw(key)
      raw("=\"")
      text(value)
      raw("\"")
    }
  }
}
