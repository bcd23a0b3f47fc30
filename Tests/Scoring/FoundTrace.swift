import Topology
package import Trajectories

/// What vxhop says of one packet, in the words of its JSON report.
package struct FoundTrace: Sendable {
  package struct Hop: Decodable, Sendable {
    package let kind: String
    package let point: String
    package let file: String
    package let frame: UInt64

    package var place: Place { Place(file: file, frame: frame) }
  }

  package let outcome: String?
  package let lastSeen: String?
  package let hops: [Hop]
}

extension FoundTrace: Decodable {
  private enum CodingKeys: String, CodingKey {
    case outcome, hops
    case lastSeen = "last_seen"
  }
}

extension FoundTrace {
  /// `files` are the paths of the inputs, by number.
  package init(_ trajectory: Trajectory, points: PointTable, files: [String]) {
    hops = trajectory.hops.map { hop in
      Hop(
        kind: hop.kind.word, point: points[hop.observation.point].name,
        file: files[Int(hop.observation.file)], frame: hop.observation.frame)
    }
    outcome = trajectory.outcome.word
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
