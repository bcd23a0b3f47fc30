import Packets
import Trajectories

/// An ICMP error, wherever it was seen on its way.
struct ReportedError {
  let error: ICMPErrorSummary
  let reporter: IPAddress
  /// The point of the first example.
  var point: UInt16
  /// Messages, at the point that saw the most: each passes several.
  var count: UInt64
  /// A frame of each point.
  var examples: [FrameReference]
}

extension PacketEvidence {
  private struct Message: Hashable {
    let error: ICMPErrorSummary
    let reporter: IPAddress
    let receiver: IPAddress
  }

  /// The ICMP errors seen, in an order that does not change from run to run.
  func reportedErrors() -> [ReportedError] {
    var found: [ReportedError] = []
    var index: [Message: Int] = [:]
    for (key, sightings) in errors.sorted(by: { $0.value.example < $1.value.example }) {
      let message = Message(error: key.error, reporter: key.reporter, receiver: key.receiver)
      if let known = index[message] {
        found[known].count = max(found[known].count, sightings.count)
        found[known].examples.append(sightings.example)
      } else {
        index[message] = found.count
        found.append(
          ReportedError(
            error: key.error, reporter: key.reporter, point: key.point, count: sightings.count,
            examples: [sightings.example]))
      }
    }
    return found
  }
}
