/// What the lab knows of one packet by its payload alone: a line of `truth*.jsonl`.
package struct TruePacket: Decodable, Sendable {
  package struct Observation: Decodable, Sendable {
    package let file: String
    package let frame: UInt64
    package let point: String
    package let kind: String

    package var place: Place { Place(file: file, frame: frame) }
  }

  package let kind: String
  package let from: String
  package let to: String
  package let path: [String]
  package let outcome: String
  /// The last point of the path that saw the packet.
  package let last: String
  /// In the order of the path.
  package let observations: [Observation]

  /// The observation that the packet was last seen by on its path.
  package var lastPlace: Place? {
    observations.last { $0.kind == "path" && $0.point == last }?.place
  }
}

/// A record of a capture file: what names an observation whatever its point is called.
package struct Place: Hashable, Sendable, CustomStringConvertible {
  /// Without folders.
  package let file: String
  package let frame: UInt64

  package init(file: String, frame: UInt64) {
    self.file = file.split(separator: "/").last.map(String.init) ?? file
    self.frame = frame
  }

  package var description: String { "\(file):\(frame)" }
}
