import Topology
import Trajectories

/// Packets between pods whose source address changes (catalogue 26).
enum TranslationRule {
  static func apply(_ book: inout Casebook) {
    var findings: [Finding] = []
    for row in book.curiosities where row.key.kind == .translatedSource {
      let first = book.table[row.key.firstPoint]
      let node = book.surroundings.node(of: row.key.destination)
      guard first.role.distanceFromPod <= InterfaceRole.bridge.distanceFromPod,
        first.role != .unknown, let node, node != first.node
      else { continue }
      let direction = Finding.Direction(source: first.node, destination: node)
      let finding = book.finding(
        .unexpectedSNAT, confidence: .medium, point: row.key.point, direction: direction,
        packets: row.count, node: first.node, evidence: row.examples,
        summary: "packets of pods \(book.way(direction)) arrive from \(row.key.to) instead of"
          + " \(row.key.from): \(first.nodeName) masquerades them")
      if let known = findings.firstIndex(where: { $0.direction == direction }) {
        findings[known].merge(finding)
      } else {
        findings.append(finding)
      }
    }
    for finding in findings { book.report(finding) }
  }
}
