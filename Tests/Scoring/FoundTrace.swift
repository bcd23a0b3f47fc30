import Topology
package import Trajectories

/// What vxhop says of one packet, in the words of its JSON report.
package struct FoundTrace: Sendable {
  package struct Hop: Decodable, Sendable {
    package let kind: String
    package let point: String
    package let file: String
    package let frame: UInt64
    package let frames: [UInt64]?
    package let segment: Segment?
    /// What differs from the hop before; not known of a trajectory, whose report it is.
    let changes: [Change]?

    package var place: Place {
      Place(
        file: file, frame: frame, part: segment.map { $0.offset..<$0.offset + $0.length })
    }
  }

  struct Change: Decodable, Sendable {
    let field: String
    let from: String?
    let to: String?
  }

  package struct Segment: Decodable, Sendable {
    package let offset: UInt32
    package let length: UInt32
  }

  /// What the packet is called by; not known of a trajectory, whose report it is.
  package struct Packet: Decodable, Sendable {
    package let identification: UInt16?
    package let sequence: UInt32?

    private enum CodingKeys: String, CodingKey {
      case sequence
      case identification = "ip_id"
    }
  }

  package let id: String
  package let packet: Packet?

  package let outcome: String?
  package let lastSeen: String?
  package let retransmissionOf: String?
  package let isAmbiguous: Bool
  package let hops: [Hop]
}

extension FoundTrace: Decodable {
  private enum CodingKeys: String, CodingKey {
    case id, packet, outcome, hops
    case isAmbiguous = "ambiguous"
    case lastSeen = "last_seen"
    case retransmissionOf = "retransmission_of"
  }
}

extension FoundTrace {
  /// `files` are the paths of the inputs, by number.
  package init(_ trajectory: Trajectory, points: PointTable, files: [String]) {
    hops = trajectory.hops.map { hop in
      Hop(
        kind: hop.kind.word, point: points[hop.observation.point].name,
        file: files[Int(hop.observation.file)], frame: hop.observation.frame,
        frames: trajectory.reassembled.first {
          $0.file == hop.observation.file && $0.first == hop.observation.frame
        }?.frames,
        segment: trajectory.segment(of: hop).map {
          Segment(offset: $0.offset, length: $0.length)
        },
        changes: nil)
    }
    id = String(trajectory.number)
    packet = nil
    retransmissionOf = trajectory.retransmissionOf.map { String($0) }
    outcome = trajectory.outcome.word
    isAmbiguous = trajectory.isAmbiguous
    lastSeen = hops[trajectory.lastSeen].point
  }
}

extension Hop.Kind {
  fileprivate var word: String {
    switch self {
    case .path: "path"
    case .bridgeCopy: "bridge-copy"
    case .recapture: "recapture"
    case .duplicate: "duplicate"
    }
  }
}

extension Trajectory.Outcome {
  fileprivate var word: String? {
    switch self {
    case .complete: "complete"
    case .lost: "lost"
    case .partial: "partial"
    case .notJudged: nil
    }
  }
}
