import Packets
import Topology
import Trajectories

/// Packets that are too big for the way (catalogue 10).
enum PacketSizeRule {
  /// Errors that a repeated packet shows to be ignored.
  private static let patience: UInt64 = 3

  /// Somebody told the sender that its packets are too big.
  static func applyErrors(_ book: inout Casebook) {
    for reported in book.errors where reported.error.isTooBig {
      let error = reported.error
      let groups = book.groups { loss, _ in
        RejectionRule.isAbout(error, loss.key) && loss.longest > error.mtu
      }
      for group in groups {
        let isIgnored = group.count >= patience && reported.count >= patience
        let way = book.way(group.direction)
        let finding = book.finding(
          isIgnored ? .tooBigIgnored : .tooBig, group, confidence: .high,
          node: book.surroundings.node(of: reported.reporter), also: reported.examples,
          summary: isIgnored
            ? "packets \(way) stay too big (\(group.longest) bytes) although"
              + " \(reported.reporter) sends the MTU, \(error.mtu)"
            : "packets \(way) of \(group.longest) bytes were too big: \(reported.reporter) sends the"
              + " MTU, \(error.mtu)")
        book.report(finding, explaining: group)
      }
    }
  }

  /// All packets above some size are lost, and none below.
  static func applyLosses(_ book: inout Casebook) {
    let groups = book.groups { _, stages in
      stages.isSubset(of: [.encapsulate, .wire, .decapsulate]) && !stages.isEmpty
    }
    for group in groups {
      let crossed = book.crossings(of: group)
      guard group.shortest > 500, group.count >= 2, crossed.count >= 3,
        group.shortest > crossed.longest
      else { continue }
      let finding = book.finding(
        .mtuBlackHole, group, confidence: .medium, node: group.direction.source,
        summary: "packets \(book.way(group.direction)) of \(group.shortest) bytes and more vanish,"
          + " those up to \(crossed.longest) bytes pass")
      book.report(finding, explaining: group)
    }
  }
}

/// Outer packets in fragments (catalogue 10b).
enum FragmentRule {
  static func apply(_ book: inout Casebook) {
    var sums: [Finding.Direction: (point: UInt16, count: UInt64, examples: [FrameReference])] = [:]
    var order: [Finding.Direction] = []
    for row in book.curiosities where row.key.kind == .outerFragment {
      let node = book.table[row.key.firstPoint].node
      let direction = Finding.Direction(source: node, destination: nil)
      if sums[direction] == nil { order.append(direction) }
      var sum = sums[direction] ?? (row.key.point, 0, [])
      sum.count += row.count
      sum.examples += row.examples
      sums[direction] = sum
    }
    for direction in order {
      guard let sum = sums[direction] else { continue }
      book.report(
        book.finding(
          .outerFragments, confidence: .high, point: sum.point, direction: direction,
          packets: sum.count, evidence: sum.examples,
          summary:
            "VXLAN packets \(book.way(direction)) are fragmented: the overlay's MTU is larger"
            + " than the underlay carries"))
    }
  }
}

/// TCP segments larger than the overlay was told to carry (catalogue 10d).
enum SegmentSizeRule {
  static func apply(_ book: inout Casebook) {
    for error in book.errors.map(\.error) where error.isTooBig && error.mtu > 0 {
      guard error.transportProtocol == 6 else { continue }
      let headers: UInt32 = error.isIPv6 ? 60 : 40
      // Each end tells the other how large its segments may be.
      let told = book.evidence.segmentSizes.filter {
        $0.key.source == error.destination && $0.key.destination == error.source
          && UInt32($0.value.largest) + headers > error.mtu
      }
      guard let row = told.min(by: { $0.value.sightings.example < $1.value.sightings.example })
      else { continue }
      let node = book.surroundings.node(of: row.key.source)
      let direction = Finding.Direction(
        source: node, destination: book.surroundings.node(of: row.key.destination))
      let isKnown = book.findings.contains {
        $0.code == .segmentSizeTooLarge && $0.direction == direction
      }
      if isKnown { continue }
      book.report(
        book.finding(
          .segmentSizeTooLarge, confidence: .high, point: row.key.point, direction: direction,
          packets: row.value.sightings.count, evidence: [row.value.sightings.example],
          summary: "\(row.key.source) announces an MSS of \(row.value.largest), and the way to it"
            + " carries packets of \(error.mtu) bytes at most"))
    }
  }
}
