import Packets
import Topology
import Trajectories

/// Wrong checksums on the receiving side (catalogue 1 and 2). At the sender they are not judged: the field is
/// often left to hardware there.
enum ChecksumRule {
  static func apply(_ book: inout Casebook) {
    for group in book.groups(where: TunnelHeaderRule.isDropped) {
      let wrong = group.rows.filter { book.losses[$0].key.has(.hasWrongOuterChecksum) }
      let count = wrong.reduce(UInt64(0)) { $0 + book.losses[$1].count }
      // Not every packet's checksum is verified.
      guard count > 0, count * 2 >= group.count else { continue }
      let finding = book.finding(
        .outerChecksumWrong, group, confidence: .high, node: group.direction.source,
        summary: "VXLAN packets \(book.way(group.direction)) arrive with a wrong outer UDP checksum"
          + " and are dropped")
      book.report(finding, explaining: group)
    }
    applyInner(&book)
  }

  /// Forwarding does not verify it: the packet may well be seen at the pod, which drops it.
  private static func applyInner(_ book: inout Casebook) {
    var sums:
      [(direction: Finding.Direction, point: UInt16, count: UInt64, rows: [FrameReference])] =
        []
    for row in book.curiosities where row.key.kind == .wrongChecksum {
      let node = book.table[row.key.point].node
      let first = book.table[row.key.firstPoint].node
      let direction = Finding.Direction(source: first == node ? nil : first, destination: node)
      if let known = sums.firstIndex(where: { $0.direction == direction }) {
        sums[known].count += row.count
        sums[known].rows += row.examples
      } else {
        sums.append((direction, row.key.point, row.count, row.examples))
      }
    }
    for sum in sums {
      book.report(
        book.finding(
          .innerChecksumWrong, confidence: .high, point: sum.point, direction: sum.direction,
          packets: sum.count, node: sum.direction.source, evidence: sum.rows,
          summary: "packets \(book.way(sum.direction)) arrive with a wrong transport checksum at"
            + " \(book.name(sum.point)): whoever receives them drops them"))
    }
  }
}

extension LossKey {
  var isEncapsulated: Bool { encapsulation != .none }
}
