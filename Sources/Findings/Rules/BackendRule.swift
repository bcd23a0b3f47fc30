import Packets
import Topology
import Trajectories

/// A tunnel one way only (catalogue 36 and 37), and WireGuard without an answer (35).
enum BackendRule {
  static func apply(_ book: inout Casebook) {
    applyMixed(&book)
    applyWireGuard(&book)
  }

  private static func applyMixed(_ book: inout Casebook) {
    var seen: [Finding.Direction: (tunnelled: UInt64, plain: UInt64, example: FrameReference)] = [:]
    var order: [Finding.Direction] = []
    for passage in book.passages where passage.isBetweenPods {
      let nodes = (book.table[passage.first].node, book.table[passage.last].node)
      guard nodes.0 != nodes.1,
        passage.path.contains(where: { book.table[$0].role == .nic })
      else { continue }
      let direction = Finding.Direction(source: nodes.0, destination: nodes.1)
      if seen[direction] == nil { order.append(direction) }
      var sum = seen[direction] ?? (0, 0, passage.example)
      if passage.isTunnelled { sum.tunnelled += passage.count } else { sum.plain += passage.count }
      seen[direction] = sum
    }
    for direction in order {
      let back = Finding.Direction(source: direction.destination, destination: direction.source)
      guard let one = seen[direction], let other = seen[back], one.tunnelled == 0,
        other.tunnelled > 0, other.plain == 0
      else { continue }
      book.report(
        book.finding(
          .backendMixed, confidence: .high, point: nil, direction: direction, packets: one.plain,
          node: direction.source, evidence: [one.example, other.example],
          summary: "packets \(book.way(direction)) are plain, and those of the other direction are"
            + " in a tunnel"))
    }
  }

  private static func applyWireGuard(_ book: inout Casebook) {
    let rows = book.evidence.handshakes.sorted { $0.value.example < $1.value.example }
    var reported: Set<[IPAddress]> = []
    for (key, row) in rows where row.initiations > 1 {
      let isAnswered = rows.contains {
        $0.key.source == key.destination && $0.key.destination == key.source
          && $0.value.responses > 0
      }
      // Each point that the question passes has a row of its own.
      if isAnswered || !reported.insert([key.source, key.destination]).inserted { continue }
      book.report(
        book.finding(
          .wireGuardSilent, confidence: .medium, point: key.point,
          direction: .init(
            source: book.surroundings.node(of: key.source),
            destination: book.surroundings.node(of: key.destination)),
          packets: row.initiations, evidence: [row.example],
          summary: "\(key.source) asks \(key.destination) for a WireGuard handshake"
            + " \(row.initiations) times and gets no answer"))
    }
  }
}
