import Packets
import Trajectories

/// ICMP errors that quote a VXLAN packet: somebody refuses the tunnel (catalogue 4c and 12).
enum RefusalRule {
  static func apply(_ book: inout Casebook) {
    // A wrong port is told already, and is why nobody listens there.
    var isTold = book.findings.contains { $0.code == .portMismatch }
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
          causes: causes(of: error), also: [sightings.example],
          summary: summary(key, group.direction, book))
        book.report(finding, explaining: group)
      }
      if !groups.isEmpty { isTold = true }
      if !isTold { report(key, sightings, &book) }
    }
  }

  /// Where only the wire was captured no packet is seen to get lost; the answer tells.
  private static func report(
    _ key: PacketEvidence.ErrorKey, _ sightings: PacketEvidence.Sightings, _ book: inout Casebook
  ) {
    let error = key.error
    let way = TunnelEnds.Way(source: error.source, destination: error.destination)
    let isTunnel = book.tunnels.ways[way]?.ports.contains {
      $0.value == UInt64(error.destinationPort)
    }
    guard isTunnel == true else { return }
    let direction = Finding.Direction(
      source: book.node(ofEnd: way.source), destination: book.node(ofEnd: way.destination))
    book.report(
      book.finding(
        .vxlanRefused, confidence: .high, point: key.point, direction: direction,
        packets: sightings.count, node: direction.destination, causes: causes(of: error),
        evidence: [sightings.example], summary: summary(key, direction, book)))
  }

  private static func causes(of error: ICMPErrorSummary) -> [String] {
    error.isPortUnreachable
      ? ["no VXLAN device listens on UDP port \(error.destinationPort)", "a firewall rejects"]
      : ["a firewall rejects UDP port \(error.destinationPort)"]
  }

  private static func summary(
    _ key: PacketEvidence.ErrorKey, _ direction: Finding.Direction, _ book: Casebook
  ) -> String {
    let way =
      direction.source == nil && direction.destination == nil
      ? "from \(key.error.source) to \(key.error.destination)" : book.way(direction)
    return "VXLAN packets \(way) are refused: \(key.reporter) answers"
      + " \(ErrorWords.words(key.error)) for UDP port \(key.error.destinationPort)"
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
