import Packets
import Trajectories

/// ICMP errors that quote a VXLAN packet: somebody refuses the tunnel (catalogue 4c and 12).
enum RefusalRule {
  static func apply(_ book: inout Casebook) {
    for (key, sightings) in book.sortedErrors {
      let error = key.error
      guard !error.isTooBig, !error.isTimeExceeded, error.transportProtocol == 17 else { continue }
      let groups = book.groups { loss, stages in
        stages.isSubset(of: [.wire, .decapsulate]) && !stages.isEmpty
          && loss.key.tunnelPort == error.destinationPort
          && loss.key.tunnelDestination == error.destination && loss.key.tunnelPort != 0
      }
      for group in groups {
        let finding = book.finding(
          .vxlanRefused, group, confidence: .high,
          node: group.direction.destination,
          causes: error.isPortUnreachable
            ? [
              "no VXLAN device listens on UDP port \(error.destinationPort)", "a firewall rejects",
            ]
            : ["a firewall rejects UDP port \(error.destinationPort)"],
          also: [sightings.example],
          summary: "VXLAN packets \(book.way(group.direction)) are refused: \(key.reporter) answers"
            + " \(ErrorWords.words(error)) for UDP port \(error.destinationPort)")
        book.report(finding, explaining: group)
      }
    }
  }
}

extension Casebook {
  /// The ICMP errors seen, in an order that does not change from run to run.
  var sortedErrors: [(key: PacketEvidence.ErrorKey, value: PacketEvidence.Sightings)] {
    evidence.errors.sorted { $0.value.example < $1.value.example }
  }
}

/// ICMP's errors in words.
enum ErrorWords {
  static func words(_ error: ICMPErrorSummary) -> String {
    if error.isPortUnreachable { return "\"port unreachable\"" }
    if error.isHostUnreachable { return "\"host unreachable\"" }
    if error.isNetworkUnreachable { return "\"network unreachable\"" }
    if error.isProhibited { return "\"administratively prohibited\"" }
    if error.isTooBig { return "\"too big\" (MTU \(error.mtu))" }
    if error.isTimeExceeded { return "\"time exceeded\"" }
    return "an ICMP error (type \(error.type), code \(error.code))"
  }
}
