import Packets
import Trajectories

/// ICMP errors that quote a VXLAN packet: somebody refuses the tunnel, or does not find its other end (catalogue
/// 4c, 6 and 12).
enum RefusalRule {
  static func apply(_ book: inout Casebook) {
    for reported in book.errors {
      let error = reported.error
      guard !error.isTooBig, !error.isTimeExceeded, error.transportProtocol == 17 else { continue }
      let groups = book.groups { loss, stages in
        stages.isSubset(of: [.wire, .decapsulate]) && !stages.isEmpty
          && loss.key.isQuotedTunnel(in: error)
      }
      for group in groups {
        let finding = book.finding(
          code(of: reported), group, confidence: confidence(of: reported),
          node: node(for: reported, group.direction),
          causes: causes(of: reported), also: reported.examples,
          summary: summary(reported, group.direction, book))
        book.report(finding, explaining: group)
      }
      let way = TunnelEnds.Way(source: error.source, destination: error.destination)
      // A wrong port is why nobody listens there.
      let isTold =
        !groups.isEmpty || book.isTold(code(of: reported), of: way)
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
        code(of: reported), confidence: confidence(of: reported), point: reported.point,
        direction: direction, packets: reported.count, node: node(for: reported, direction),
        causes: causes(of: reported),
        evidence: reported.examples, summary: summary(reported, direction, book)))
  }

  /// The node itself refuses; that it cannot be reached, a router or the sender says.
  private static func isUnreached(_ reported: ReportedError) -> Bool {
    let error = reported.error
    return reported.reporter != error.destination
      && (error.isHostUnreachable || error.isNetworkUnreachable)
  }

  private static func code(of reported: ReportedError) -> FindingCode {
    isUnreached(reported) ? .vtepAddressWrong : .vxlanRefused
  }

  private static func confidence(of reported: ReportedError) -> Finding.Confidence {
    isUnreached(reported) ? .medium : .high
  }

  private static func node(
    for reported: ReportedError, _ direction: Finding.Direction
  ) -> Int? {
    isUnreached(reported) ? direction.source : direction.destination
  }

  private static func causes(of reported: ReportedError) -> [String] {
    let error = reported.error
    if isUnreached(reported) {
      return [
        "\(error.destination) is not the other node's address, or not where the underlay leads to it",
        "the other node is down",
      ]
    }
    return error.isPortUnreachable
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
    let words = ErrorWords.words(error)
    return isUnreached(reported)
      ? "VXLAN packets \(way) are sent to \(error.destination), and \(reported.reporter) answers"
        + " \(words)"
      : "VXLAN packets \(way) are refused: \(reported.reporter) answers \(words) for UDP port"
        + " \(error.destinationPort)"
  }
}

extension LossKey {
  /// Whether an error quotes the outer header that the packets had, before or after a translation.
  func isQuotedTunnel(in error: ICMPErrorSummary) -> Bool {
    tunnelPort != 0 && error.transportProtocol == 17 && error.destinationPort == tunnelPort
      && error.destination == tunnelDestination
      && [tunnelSource, firstTunnelSource].contains(error.source)
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
