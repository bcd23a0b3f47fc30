import Packets
import Topology
import Trajectories

/// ICMP errors about pods' packets: a filter rejects them, or nobody is there (catalogue 21, 24, 31).
enum RejectionRule {
  static func apply(_ book: inout Casebook) {
    for (verdict, errors) in verdicts(in: book) {
      let groups = book.groups { loss, stages in
        !stages.isEmpty && errors.contains { isAbout($0.error, loss.key) }
      }
      for group in groups {
        let code = code(verdict.code, of: group)
        let isSure = code != .policyReject && code != .vtepNeighbourMissing
        let finding = book.finding(
          code, group, confidence: isSure ? .high : .medium,
          node: book.surroundings.node(of: verdict.reporter), also: errors[0].examples,
          summary: summary(code, errors[0], group, in: book))
        book.report(finding, explaining: group)
      }
    }
    applyResets(&book)
  }

  /// On the sending node "host unreachable" is said of the way to the other node, not of the pod.
  private static func code(_ code: FindingCode, of group: LossGroup) -> FindingCode {
    guard code == .podGone, let source = group.direction.source,
      let destination = group.direction.destination, source != destination,
      group.stages.isSubset(of: [.leavePod, .forwardOut, .encapsulate])
    else { return code }
    return .vtepNeighbourMissing
  }

  /// A reset in the name of a pod that never got the request: a filter sends it.
  private static func applyResets(_ book: inout Casebook) {
    let casebook = book
    let groups = book.groups { loss, stages in
      loss.key.transportProtocol == 6 && !stages.isEmpty
        && casebook.conversations.contains { row in
          row.serverResets > 0 && row.delivered == 0 && row.answers <= row.serverResets
            && row.client.address == loss.key.source
            && row.backend.address == loss.key.destination
            && row.backend.port == loss.key.destinationPort
        }
    }
    for group in groups {
      let finding = book.finding(
        .firewallReject, group, confidence: .high, node: group.direction.destination,
        summary: "connections \(book.way(group.direction)) are rejected: a filter sends RST in the"
          + " name of pods that they do not reach")
      book.report(finding, explaining: group)
    }
  }

  /// What errors of one reporter mean.
  private struct Verdict: Hashable {
    var code: FindingCode
    var reporter: IPAddress
    /// Of "host unreachable": which host.
    var host: IPAddress
  }

  private static func verdicts(in book: Casebook) -> [(Verdict, [ReportedError])] {
    var verdicts: [(Verdict, [ReportedError])] = []
    for row in book.errors {
      guard let code = code(for: row) else { continue }
      let host = code == .podGone ? row.error.destination : .unspecified
      let verdict = Verdict(code: code, reporter: row.reporter, host: host)
      if let known = verdicts.firstIndex(where: { $0.0 == verdict }) {
        verdicts[known].1.append(row)
      } else {
        verdicts.append((verdict, [row]))
      }
    }
    return verdicts
  }

  private static func summary(
    _ code: FindingCode, _ reported: ReportedError, _ group: LossGroup, in book: Casebook
  ) -> String {
    let words = ErrorWords.words(reported.error)
    let way = book.way(group.direction)
    switch code {
    case .podGone:
      return "nobody answers for \(reported.error.destination): \(reported.reporter) sends"
        + " \(words) for packets \(way)"
    case .vtepNeighbourMissing:
      return "\(book.nodeName(of: group.direction.source)) does not reach the VXLAN device that"
        + " \(reported.error.destination) is behind: \(reported.reporter) sends \(words) for packets"
        + " \(way)"
    case .vtepRouteMissing:
      return "packets \(way) have no route: \(reported.reporter) sends \(words)"
    default: return "packets \(way) are rejected: \(reported.reporter) sends \(words)"
    }
  }

  /// What the error means; nil for those that mean nothing here.
  private static func code(for reported: ReportedError) -> FindingCode? {
    let error = reported.error
    if error.isProhibited { return .firewallReject }
    if error.isPortUnreachable {
      return reported.reporter == error.destination ? nil : .policyReject
    }
    if error.isNetworkUnreachable { return .vtepRouteMissing }
    if error.isHostUnreachable { return .podGone }
    return nil
  }

  /// Whether the error quotes such packets, under whichever of their addresses.
  static func isAbout(_ error: ICMPErrorSummary, _ key: LossKey) -> Bool {
    let isPort = key.destinationPort == error.destinationPort || error.destinationPort == 0
    return [key.source, key.lastSource].contains(error.source)
      && [key.destination, key.firstDestination].contains(error.destination)
      && key.transportProtocol == error.transportProtocol
      && (isPort || key.destination != error.destination)
  }
}
