import Packets
import Topology
import Trajectories

/// The words that reports use for what the earlier stages number.
extension Trajectory.Outcome {
  /// Nil for packets that have no path to compare with.
  var name: StaticString? {
    switch self {
    case .complete: "complete"
    case .lost: "lost"
    case .partial: "partial"
    case .notJudged: nil
    }
  }
}

extension Trajectory.Scope {
  var name: StaticString {
    switch self {
    case .pod: "pod"
    case .host: "host"
    case .underlay: "underlay"
    }
  }
}

extension Trajectory.LossEvidence {
  var name: StaticString {
    switch self {
    case .proven: "proven"
    case .inferred: "inferred"
    }
  }
}

extension Trajectory.Confidence {
  var name: StaticString {
    switch self {
    case .weak: "weak"
    case .strong: "strong"
    case .exact: "exact"
    }
  }
}

extension Trajectory.Reason.Code {
  var name: StaticString {
    switch self {
    case .notRecording: "not-recording"
    case .filtered: "filtered"
    case .truncated: "truncated"
    case .captureDrops: "capture-drops"
    case .missed: "missed"
    case .pathUnknown: "path-unknown"
    }
  }
}

extension Hop.Kind {
  var name: StaticString {
    switch self {
    case .path: "path"
    case .bridgeCopy: "bridge-copy"
    case .recapture: "recapture"
    case .duplicate: "duplicate"
    }
  }
}

/// Assigned Internet Protocol Numbers (IANA registry) that have a name in reports.
enum TransportName {
  /// Nil for protocols that are written as a number.
  static func name(of number: UInt8) -> StaticString? {
    switch number {
    case 1: "icmp"
    case 6: "tcp"
    case 17: "udp"
    case 58: "icmpv6"
    case 132: "sctp"
    default: nil
    }
  }
}
