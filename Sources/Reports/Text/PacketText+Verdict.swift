import Trajectories

/// Why a packet is called lost or cannot be judged, in words.
extension PacketText {
  typealias Mark = (text: String, style: TextStyle)

  func verdictLines(
    of trajectory: Trajectory
  ) -> [(point: UInt16?, words: String, mark: Mark)] {
    var lines: [(point: UInt16?, words: String, mark: Mark)] = []
    if trajectory.outcome == .lost, let next = trajectory.expectedNext {
      lines.append((next, absence(of: trajectory, at: next), ("✗", .bad)))
    }
    if trajectory.outcome == .partial {
      for reason in trajectory.reasons {
        lines.append((reason.point, Self.words(for: reason.code), ("?", .doubtful)))
      }
    }
    if trajectory.outcome == .notJudged {
      lines.append(
        (nil, "multicast, broadcast or link-local: no path to compare with", (" ", .dim)))
    }
    if trajectory.isAmbiguous {
      lines.append(
        (nil, "another packet would match as well: this may be its twin", ("~", .doubtful)))
    }
    if trajectory.isProvisional {
      lines.append((nil, "may change: an input is still being read", (" ", .dim)))
    }
    return lines
  }

  /// How it is known that a lost packet did not come to the next point.
  private func absence(of trajectory: Trajectory, at next: UInt16) -> String {
    let last = trajectory.hops[trajectory.lastSeen].observation.point
    if trajectory.lossEvidence == .inferred {
      return statistics.legs.touches(next)
        ? "has nothing from this moment, when other captures of \(names.node(of: next)) ran"
        : "recorded nothing of all this"
    }
    let others = statistics.legs.legs.first { $0.from == last && $0.to == next }?.crossed ?? 0
    let from = names.point(last)
    guard others > 0 else { return "was recording; has not one packet from \(from)" }
    let count = TextNumbers.counted(others, "other packet")
    return "was recording; has \(count) from \(from), not this one"
  }

  private static func words(for code: Trajectory.Reason.Code) -> String {
    switch code {
    case .notRecording: "was not recording then: a capture there would decide"
    case .filtered: "was captured with a filter, which may have left this packet out"
    case .truncated: "has packets cut too short to recognise this one"
    case .captureDrops: "its capture dropped packets, maybe this one"
    case .missed: "did not record it, though a later point did"
    case .pathUnknown:
      "its way from here is not known: captures of its destination's node would tell"
    }
  }
}
