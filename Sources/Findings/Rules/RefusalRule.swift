import Packets
import Trajectories

/// ICMP errors that quote a VXLAN packet: somebody refuses the tunnel (catalogue 4c and 12).
enum RefusalRule {
  static func apply(_ book: inout Casebook) {
    for reported in book.errors {
      let error = reported.error
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
          causes: causes(of: error), also: reported.examples,
          summary: summary(reported, group.direction, book))
        book.report(finding, explaining: group)
      }
      let way = TunnelEnds.Way(source: error.source, destination: error.destination)
      // A wrong port is why nobody listens there.
      let isTold =
        !groups.isEmpty || book.isTold(.vxlanRefused, of: way)
        || book.isTold(.portMismatch, between: way)
      if !isTold { report(reported, way, &book) }
    }
  }

  /// Where only the wire was captured no packet is seen to get lost; the answer tells.
  private static func report(
    _ reported: ReportedError, _ way: TunnelEnds.Way, _ book: inout Casebook
  ) {
    let error = reported.error
    let isTunnel = book.tunnels.ways[way]?.ports.contains {
      $0.value == UInt64(error.destinationPort)
    }
    guard isTunnel == true else { return }
    let direction = Finding.Direction(
      source: book.node(ofEnd: way.source), destination: book.node(ofEnd: way.destination))
    book.report(
      book.finding(
        .vxlanRefused, confidence: .high, point: reported.point, direction: direction,
        packets: reported.count, node: direction.destination, causes: causes(of: error),
        evidence: reported.examples, summary: summary(reported, direction, book)))
  }

  private static func causes(of error: ICMPErrorSummary) -> [String] {
    error.isPortUnreachable
      ? ["no VXLAN device listens on UDP port \(error.destinationPort)", "a firewall rejects"]
      : ["a firewall rejects UDP port \(error.destinationPort)"]
  }

  private static func summary(
    _ reported: ReportedError, _ direction: Finding.Direction, _ book: Casebook
  ) -> String {
    let error = reported.error
    let way =
      direction.source == nil && direction.destination == nil
      ? "from \(error.source) to \(error.destination)" : book.way(direction)
    return "VXLAN packets \(way) are refused: \(reported.reporter) answers"
      + " \(ErrorWords.words(error)) for UDP port \(error.destinationPort)"
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
