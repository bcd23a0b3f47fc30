package import Packets

/// What single frames tell beside the ways of packets: ICMP errors, questions for neighbours, segment
/// sizes. Kept for findings, in tables of bounded size.
package struct PacketEvidence: Sendable {
  /// Rows of each table.
  static let limit = 4096

  /// Frames of one kind: how many, and the first of them.
  package struct Sightings: Sendable {
    package var count: UInt64 = 0
    package var example: FrameReference

    mutating func add(_ other: Sightings) {
      count += other.count
      example = min(example, other.example)
    }
  }

  /// An ICMP error and who sent it to whom.
  package struct ErrorKey: Hashable, Sendable {
    package var error: ICMPErrorSummary
    package var reporter: IPAddress
    package var receiver: IPAddress
    package var point: UInt16
    /// Whether it was seen inside a tunnel.
    package var isEncapsulated: Bool
  }

  /// An address that was asked for at a point.
  package struct NeighbourKey: Hashable, Sendable {
    package var target: IPAddress
    package var point: UInt16
  }

  package struct Questions: Sendable {
    package var questions: UInt64 = 0
    package var answers: UInt64 = 0
    package var asker: IPAddress
    /// When it was asked for first, as recorded, in nanoseconds since 1970.
    package var firstTime: Int64
    package var example: FrameReference
  }

  /// Who told whom the largest segment it takes.
  package struct SegmentKey: Hashable, Sendable {
    package var source: IPAddress
    package var destination: IPAddress
    package var point: UInt16
  }

  package struct SegmentSizes: Sendable {
    package var largest: UInt16
    package var sightings: Sightings
  }

  /// WireGuard's handshakes from one address to another.
  package struct HandshakeKey: Hashable, Sendable {
    package var source: IPAddress
    package var destination: IPAddress
    package var point: UInt16
  }

  package struct Handshakes: Sendable {
    package var initiations: UInt64 = 0
    package var responses: UInt64 = 0
    package var example: FrameReference
  }

  package private(set) var handshakes: [HandshakeKey: Handshakes] = [:]
  package private(set) var errors: [ErrorKey: Sightings] = [:]
  package private(set) var neighbours: [NeighbourKey: Questions] = [:]
  package private(set) var segmentSizes: [SegmentKey: SegmentSizes] = [:]

  package init() {}

  mutating func note(_ key: ErrorKey, _ frame: FrameReference) {
    guard errors.count < Self.limit || errors[key] != nil else { return }
    errors[key, default: Sightings(example: frame)].count += 1
  }

  mutating func note(
    _ message: NeighbourMessage, at point: UInt16, time: Int64, _ frame: FrameReference
  ) {
    let key = NeighbourKey(target: message.target, point: point)
    guard neighbours.count < Self.limit || neighbours[key] != nil else { return }
    var row =
      neighbours[key]
      ?? Questions(asker: message.sender, firstTime: time, example: frame)
    if message.isAnswer { row.answers += 1 } else { row.questions += 1 }
    neighbours[key] = row
  }

  mutating func note(_ size: UInt16, for key: SegmentKey, _ frame: FrameReference) {
    guard segmentSizes.count < Self.limit || segmentSizes[key] != nil else { return }
    var row = segmentSizes[key] ?? SegmentSizes(largest: size, sightings: .init(example: frame))
    row.largest = max(row.largest, size)
    row.sightings.count += 1
    segmentSizes[key] = row
  }

  mutating func note(handshake key: HandshakeKey, isResponse: Bool, _ frame: FrameReference) {
    guard handshakes.count < Self.limit || handshakes[key] != nil else { return }
    if isResponse {
      handshakes[key, default: Handshakes(example: frame)].responses += 1
    } else {
      handshakes[key, default: Handshakes(example: frame)].initiations += 1
    }
  }

  /// Takes over what another input showed.
  mutating func add(_ other: PacketEvidence) {
    errors.merge(other.errors) { one, other in
      var sum = one
      sum.add(other)
      return sum
    }
    neighbours.merge(other.neighbours) { one, other in
      Questions(
        questions: one.questions + other.questions, answers: one.answers + other.answers,
        asker: one.asker, firstTime: min(one.firstTime, other.firstTime),
        example: min(one.example, other.example))
    }
    handshakes.merge(other.handshakes) { one, other in
      Handshakes(
        initiations: one.initiations + other.initiations,
        responses: one.responses + other.responses, example: min(one.example, other.example))
    }
    segmentSizes.merge(other.segmentSizes) { one, other in
      var sum = one
      sum.largest = max(one.largest, other.largest)
      sum.sightings.add(other.sightings)
      return sum
    }
  }
}

extension FrameReference: Comparable {
  package static func < (one: FrameReference, other: FrameReference) -> Bool {
    (one.file, one.frame) < (other.file, other.frame)
  }
}
