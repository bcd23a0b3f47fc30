import Trajectories

/// Two DNS questions at once from one port, of which one is lost on its own node (catalogue 28).
enum NameRaceRule {
  /// Two questions are one look-up if they are no farther apart, in nanoseconds.
  private static let pairSpan: Int64 = 5_000_000
  /// A resolver asks from one port two questions, and repeats them.
  private static let questionLimit = 6

  static func apply(_ book: inout Casebook) {
    let casebook = book
    let clients = book.queries.clients.filter { _, queries in
      queries.count <= questionLimit && hasRace(queries)
    }
    let groups = book.groups { loss, stages in
      loss.key.transportProtocol == 17 && loss.key.destinationPort == 53
        && stages.isSubset(of: [.leavePod, .forwardOut]) && !stages.isEmpty
        && clients.contains { client, _ in client.address == loss.key.source }
        && casebook.queries.clients.allSatisfy { client, queries in
          client.address != loss.key.source || clients[client] != nil
            || queries.allSatisfy { !$0.isLost }
        }
    }
    for group in groups {
      let finding = book.finding(
        .dnsRace, group, confidence: .medium,
        summary: "one of two DNS questions sent at once from one port is lost on"
          + " \(book.nodeName(group.from)) (\(group.count) packets)")
      book.report(finding, explaining: group)
    }
  }

  private static func hasRace(_ queries: [NameQueries.Query]) -> Bool {
    queries.contains { lost in
      lost.isLost
        && queries.contains { !$0.isLost && ($0.time &- lost.time).magnitude < pairSpan.magnitude }
    }
  }
}
