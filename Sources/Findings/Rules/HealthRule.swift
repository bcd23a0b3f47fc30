import Topology
import Trajectories

/// Says what is well, so that nobody has to look there.
enum HealthRule {
  static func apply(_ book: inout Casebook) {
    var counts: [Finding.Direction: UInt64] = [:]
    var order: [Finding.Direction] = []
    var examples: [FrameReference] = []
    for passage in book.passages where passage.isComplete {
      let nodes = (book.table[passage.first].node, book.table[passage.last].node)
      // What came as far as a NIC or a VTEP may be refused behind it.
      guard nodes.0 != nodes.1, isAtPods(passage.first, book), isAtPods(passage.last, book) else {
        continue
      }
      let direction = Finding.Direction(source: nodes.0, destination: nodes.1)
      if counts[direction] == nil { order.append(direction) }
      counts[direction, default: 0] += passage.count
      if examples.count < Loss.exampleLimit { examples.append(passage.example) }
    }
    let troubled = troubledDirections(book)
    let healthy = order.filter { direction in
      !troubled.contains {
        ($0.source ?? direction.source) == direction.source
          && ($0.destination ?? direction.destination) == direction.destination
      }
    }
    guard !healthy.isEmpty else { return }
    let packets = healthy.reduce(UInt64(0)) { $0 + (counts[$1] ?? 0) }
    let names = healthy.map { $0.name(in: book.table.nodes) }.sorted()
    let list = names.count > 4 ? "\(names.count) directions" : names.joined(separator: ", ")
    book.report(
      book.finding(
        .overlayHealthy, confidence: .high, point: nil,
        direction: healthy.count == 1 ? healthy[0] : nil, packets: packets, evidence: examples,
        summary: "the overlay is healthy (\(list)): every packet was seen all the way"))
  }

  /// Whether a point is on the pods' side of the node's tunnel.
  private static func isAtPods(_ point: UInt16, _ book: Casebook) -> Bool {
    switch book.table[point].role {
    case .pod, .veth, .bridge: true
    case .vtep, .nic, .unknown: false
    }
  }

  /// Directions with lost packets or with an error.
  private static func troubledDirections(_ book: Casebook) -> [Finding.Direction] {
    book.losses.map { book.direction(of: $0.key) }
      + book.findings.filter { $0.severity == .error }.compactMap(\.direction).flatMap { way in
        way.isBothWays
          ? [
            Finding.Direction(source: way.source, destination: way.destination),
            Finding.Direction(source: way.destination, destination: way.source),
          ] : [way]
      }
  }
}
