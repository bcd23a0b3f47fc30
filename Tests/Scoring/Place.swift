/// A record of a capture file, or a part of what it holds: what names an observation whatever its point is
/// called.
package struct Place: Hashable, Sendable, CustomStringConvertible {
  /// Without folders.
  package let file: String
  package let frame: UInt64
  /// Octets of payload that are meant, where the record holds more.
  package let part: Range<UInt32>?

  package init(file: String, frame: UInt64, part: Range<UInt32>? = nil) {
    self.file = file.split(separator: "/").last.map(String.init) ?? file
    self.frame = frame
    self.part = part
  }

  package var description: String {
    "\(file):\(frame)" + (part.map { "[\($0)]" } ?? "")
  }
}
