import Trajectories

/// New connections that vanish at random where open ones go on (catalogue 29).
enum NewConnectionRule {
  private static let fewest: UInt64 = 3

  static func apply(_ book: inout Casebook) {
    let casebook = book
    let groups = book.groups { _, stages in
      !stages.isEmpty
        && (stages.isSubset(of: [.leavePod, .forwardOut])
          || stages.isSubset(of: [.forwardIn, .reachPod]))
    }
    for group in groups
    where group.count >= fewest && group.openings == group.count
      && group.rows.allSatisfy({ isOpenToOthers(casebook.losses[$0].key, in: casebook) })
    {
      let finding = book.finding(
        .newConnectionsDropped, group, confidence: .low,
        summary: "\(book.nodeName(group.from)): some new connections \(book.way(group.direction))"
          + " are dropped between \(book.interface(group.from)) and \(book.interface(group.to)),"
          + " others to the same ports are not")
      book.report(finding, explaining: group)
    }
  }

  /// Whether a connection to the same address and port was let through.
  private static func isOpenToOthers(_ key: LossKey, in book: Casebook) -> Bool {
    book.conversations.contains { conversation in
      conversation.delivered > 0 && conversation.firstPoint == key.firstPoint
        && [conversation.backend, conversation.server].contains {
          $0.address == key.destination && $0.port == key.destinationPort
        }
    }
  }
}
