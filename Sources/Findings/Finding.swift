package import Trajectories

/// What is wrong (or explicitly right), where, how sure, and what to do.
///
/// Texts hold names of points and nodes as they were given: whoever prints them makes them harmless.
package struct Finding: Sendable, Equatable {
  package enum Severity: UInt8, Sendable, Comparable {
    case info, warning, error

    package static func < (one: Severity, other: Severity) -> Bool {
      one.rawValue < other.rawValue
    }
  }

  package enum Confidence: UInt8, Sendable, Comparable {
    /// A hint only.
    case low
    /// The packets leave two or three causes.
    case medium
    /// The packets alone prove it.
    case high

    package static func < (one: Confidence, other: Confidence) -> Bool {
      one.rawValue < other.rawValue
    }
  }

  /// Nodes by number; nil where the captures do not tell.
  package struct Direction: Hashable, Sendable {
    package var source: Int?
    package var destination: Int?
    /// Whether packets of the way back are meant as well.
    package var isBothWays = false

    package init(source: Int?, destination: Int?) {
      self.source = source
      self.destination = destination
    }
  }

  package var code: FindingCode
  package var severity: Severity
  package var confidence: Confidence
  /// Where it shows: the point that saw the packets last, or that shows the contradiction.
  package var point: UInt16?
  package var direction: Direction?
  /// Packets concerned.
  package var packets: UInt64
  /// Packets among which they were, if that can be told.
  package var total: UInt64?
  /// One sentence in plain words, without a full stop.
  package var summary: String
  /// Causes that the packets cannot separate, the likeliest first; empty where there is only one.
  package var causes: [String]
  /// A few frames that show it.
  package var evidence: [FrameReference]
  /// Commands that only read, to check it on a node.
  package var checks: [String]
  /// What to change.
  package var fix: String

  package init(
    code: FindingCode, severity: Severity, confidence: Confidence, point: UInt16? = nil,
    direction: Direction? = nil, packets: UInt64, total: UInt64? = nil, summary: String,
    causes: [String] = [], evidence: [FrameReference] = [], checks: [String] = [], fix: String = ""
  ) {
    self.code = code
    self.severity = severity
    self.confidence = confidence
    self.point = point
    self.direction = direction
    self.packets = packets
    self.total = total
    self.summary = summary
    self.causes = causes
    self.evidence = evidence
    self.checks = checks
    self.fix = fix
  }

  /// The commands, then the remedy.
  package var advice: [String] { fix.isEmpty ? checks : checks + [fix] }
}

extension Finding.Severity {
  package var name: String {
    switch self {
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    }
  }
}

extension Finding.Confidence {
  package var name: String {
    switch self {
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    }
  }
}

extension Finding.Direction {
  /// `n1→n2`, `n1↔n2`; `?` for a node that is not known.
  package func name(in nodes: [String]) -> String {
    [source, destination].map { $0.map { nodes[$0] } ?? "?" }
      .joined(separator: isBothWays ? "↔" : "→")
  }
}
