import Testing

@testable import Reports

@Suite struct MarkupTests {
  @Test(arguments: [
    ("plain", "plain"), ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("käse→🦀", "käse→🦀"),
    ("<script>", "&lt;script&gt;"), ("&amp;", "&amp;amp;"),
  ])
  func escapesTextAndAttributes(text: String, escaped: String) {
    var html = Markup()
    html.element("p", ["title": text], text: text)
    #expect(
      String(decoding: html.bytes, as: UTF8.self) == "<p title=\"\(escaped)\">\(escaped)</p>")
  }

  /// Vectors of FIPS 180-4's examples and, for the third, of a message longer than a block.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func digestsAsTheStandardSays(message: String, digest: String) {
    let bytes = SHA256.digest(of: Array(message.utf8))
    #expect(
      bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == digest)
  }

  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func encodesBase64(text: String, encoded: String) {
    #expect(Base64.encoded(Array(text.utf8)) == encoded)
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (-0.04, "0"), (12.34, "12.3"), (-7.25, "-7.3"), (.infinity, "0"),
    (.nan, "0"),
  ])
  func writesCoordinates(value: Double, text: String) {
    #expect(svg(value) == text)
  }
}
