import Topology
import Trajectories

/// Packets that go round until their TTL is used up (catalogue 32 and B4), and packets that arrive by a
/// third node.
enum RoutingLoopRule {
  static func apply(_ book: inout Casebook) {
    for group in book.groups(where: { loss, _ in loss.key.isLooping }) {
      let node = book.nodeName(group.from)
      let finding = book.finding(
        .routingLoop, group, confidence: .high,
        summary: "packets \(book.way(group.direction)) go round and come by \(node) with a lower"
          + " TTL each time, until it is used up")
      book.report(finding, explaining: group)
    }
    applyDetours(&book)
  }

  private static func applyDetours(_ book: inout Casebook) {
    for passage in book.passages where passage.isTunnelled && passage.isBetweenPods {
      let nodes = passage.path.map { book.table[$0].node }
      guard let source = nodes.first, let destination = nodes.last,
        let third = nodes.first(where: { $0 != source && $0 != destination }),
        source != destination,
        let point = passage.path.first(where: {
          book.table[$0].node == third && book.table[$0].role == .nic
        })
      else { continue }
      let direction = Finding.Direction(source: source, destination: destination)
      let known = book.findings.contains { $0.code == .detour && $0.direction == direction }
      if known { continue }
      book.report(
        book.finding(
          .detour, confidence: .high, point: point, direction: direction, packets: passage.count,
          node: source, evidence: [passage.example],
          summary: "packets \(book.way(direction)) go through \(book.nodeName(of: third))"))
    }
  }
}
