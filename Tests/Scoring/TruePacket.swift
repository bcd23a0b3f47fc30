/// What the lab knows of one packet by its payload alone: a line of `truth*.jsonl`.
package struct TruePacket: Decodable, Sendable {
  package struct Observation: Decodable, Sendable {
    package let file: String
    package let frame: UInt64
    package let point: String
    package fileprivate(set) var kind: String
    /// Of all fragments of the outer packet, where there are some.
    package let frames: [UInt64]?
    /// Payload of the whole unit in the frame, and where in it the packet lies, in octets.
    let unitLength: UInt32?
    let segmentOffset: UInt32?
  }

  /// A translation, and the point that saw the packet first as it was then.
  struct Change: Decodable, Sendable {
    let point: String
    let field: String
    let from: String
    let to: String
  }

  package let kind: String
  package let from: String
  package let to: String
  package let path: [String]
  /// Nil where nobody knows.
  package let outcome: String?
  /// IP identification; nil for IPv6, and for a part that no point saw alone.
  package let identification: UInt16?
  /// Raw sequence number of a part of a TCP stream.
  package let sequence: UInt32?
  /// How often the octets were sent before.
  package let transmission: Int?
  /// Of IP, or of the payload alone for a part of a unit.
  private let length: UInt32
  private let flow: Int?
  private let direction: String?
  private let offset: UInt32?
  private let flags: String?
  private let acknowledgement: UInt32?
  /// The last point of the path that saw the packet.
  package let last: String?
  /// Nil where nothing was translated.
  let changes: [Change]?
  /// In the order of the path.
  package fileprivate(set) var observations: [Observation]

  /// Whether two equal packets without identification were sent, as in answer to one that came twice: they
  /// cannot be told from one that was duplicated.
  package var isSentTwice: Bool {
    (identification ?? 0) == 0 && observations.count > 1 && observations[1].kind == "duplicate"
      && observations[0].point == path.first
  }

  /// The observation that the packet was last seen by on its path.
  package var lastPlace: Place? {
    observations.last { $0.kind == "path" && $0.point == last }.map(place)
  }

  package var places: [Place] { observations.map(place) }

  package func place(_ seen: Observation) -> Place {
    guard let unit = seen.unitLength, let offset = seen.segmentOffset, unit != length else {
      return Place(file: seen.file, frame: seen.frame)
    }
    return Place(file: seen.file, frame: seen.frame, part: offset..<offset + length)
  }

  /// What all transmissions of the same octets have in common; nil for other packets.
  package var octets: String? {
    transmission.map { _ in "\(flow ?? 0) \(direction ?? "") \(offset ?? 0)" }
  }
}

extension TruePacket {
  /// What packets have in common that cannot be told apart once their payloads are equal and they have no
  /// identification.
  var likeness: String {
    let numbers = [sequence, acknowledgement, offset, length].map { $0.map { String($0) } ?? "" }
    return ([kind, from, to, String(flow ?? 0), direction ?? "", flags ?? ""] + numbers)
      .joined(separator: " ")
  }

  private enum CodingKeys: String, CodingKey {
    case kind, from, to, path, outcome, sequence, transmission, length, flow, direction, offset,
      last
    case observations, flags, acknowledgement, changes
    case identification = "ip_id"
  }
}

extension TruePacket.Change {
  private enum CodingKeys: String, CodingKey {
    case point, field, from, to
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    // Addresses are texts, ports and identifiers numbers.
    func text(_ key: CodingKeys) throws -> String {
      try (try? container.decode(String.self, forKey: key))
        ?? String(container.decode(Int.self, forKey: key))
    }
    point = try text(.point)
    field = try text(.field)
    from = try text(.from)
    to = try text(.to)
  }

  /// The fields that translation changes.
  static let fields = ["source", "source_port", "destination", "destination_port", "icmp_id"]
}

extension TruePacket.Observation {
  private enum CodingKeys: String, CodingKey {
    case file, frame, point, kind, frames
    case unitLength = "unit_length"
    case segmentOffset = "segment_offset"
  }
}

extension TruePacket {
  /// The same with the original and the recapture of a point as a trace has them: which file's row is
  /// the original is a matter of nanoseconds.
  func withRecaptures(as trace: FoundTrace) -> TruePacket {
    var packet = self
    for index in observations.indices.dropFirst() where observations[index].kind == "recapture" {
      let (first, second) = (observations[index - 1], observations[index])
      let isSwapped = trace.hops.contains { $0.place == place(second) && $0.kind == first.kind }
      guard isSwapped, first.point == second.point else { continue }
      packet.observations.swapAt(index - 1, index)
      packet.observations[index - 1].kind = first.kind
      packet.observations[index].kind = second.kind
    }
    return packet
  }
}
