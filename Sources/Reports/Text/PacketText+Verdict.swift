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

  /// How it is known that a lost packet did not come to the next point. Other packets are those of
  /// this report: a filter may have left some out.
  private func absence(of trajectory: Trajectory, at next: UInt16) -> String {
    if trajectory.lossEvidence == .inferred { return inferredAbsence(at: next) }
    let last = trajectory.hops[trajectory.lastSeen].observation.point
    let leg = statistics.legs.legs.first { $0.from == last && $0.to == next }
    guard let leg, leg.packets > 1 else { return "was recording; has not this packet" }
    if leg.crossed == 0 { return "was recording; has none of these \(leg.lost) packets" }
    let count = TextNumbers.counted(leg.crossed, "other packet")
    return "recorded \(count) from \(names.point(last)), not this one"
  }

  private func inferredAbsence(at next: UInt16) -> String {
    let node = names.node(of: next)
    guard let facts else { return "has nothing from this moment, when others of \(node) ran" }
    return facts.points[Int(next)].frames == 0
      ? "recorded nothing at all"
      : "has nothing from this moment, when other captures of \(node) ran"
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
