import Trajectories

/// One pod address on two nodes (catalogue 30).
enum AddressRule {
  static func apply(_ book: inout Casebook) {
    // A node's own address is no pod's: its packets may be sent on by others, as to a service of theirs.
    for clash in book.tunnels.clashes where book.tunnels.ends[clash.address] == nil {
      let ends = [clash.ends.0, clash.ends.1]
      let nodes = ends.map { end in
        book.node(ofEnd: end).map { "\(book.table.nodes[$0]) (\(end))" } ?? "\(end)"
      }
      book.report(
        book.finding(
          .podAddressDuplicate, confidence: .high, point: nil, direction: nil, packets: 2,
          evidence: clash.examples,
          summary: "packets of \(clash.address) come from two nodes: "
            + nodes.joined(separator: " and ")))
    }
  }
}
