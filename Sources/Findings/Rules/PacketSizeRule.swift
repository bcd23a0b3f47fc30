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
      // Of a VXLAN packet the error tells the MTU of the underlay.
      let isTunnel = book.losses.contains { $0.key.isQuotedTunnel(in: error) }
      let headers = isTunnel ? outerHeaders(of: error) : 0
      let groups = book.groups { loss, _ in
        loss.longest + headers > error.mtu
          && (isTunnel
            ? loss.key.isQuotedTunnel(in: error) : RejectionRule.isAbout(error, loss.key))
      }
      for group in groups {
        let longest = group.longest + headers
        let packets = isTunnel ? "VXLAN packets" : "packets"
        let isIgnored = group.count >= patience && reported.count >= patience
        let way = book.way(group.direction)
        let finding = book.finding(
          isIgnored ? .tooBigIgnored : .tooBig, group, confidence: .high,
          node: book.surroundings.node(of: reported.reporter), also: reported.examples,
          summary: isIgnored
            ? "\(packets) \(way) stay too big (\(longest) bytes) although"
              + " \(reported.reporter) sends the MTU, \(error.mtu)"
            : "\(packets) \(way) of \(longest) bytes were too big: \(reported.reporter) sends the"
              + " MTU, \(error.mtu)")
        book.report(finding, explaining: group)
      }
    }
  }

  /// Bytes that a tunnel puts around an IP packet: Ethernet, VXLAN, UDP and IP (RFC 7348, section 5).
  private static func outerHeaders(of error: ICMPErrorSummary) -> UInt32 {
    14 + 8 + 8 + (error.isIPv6 ? 40 : 20)
  }

  /// All packets above some size are lost, and none below.
  static func applyLosses(_ book: inout Casebook) {
    let groups = book.groups { _, stages in
      stages.isSubset(of: [.encapsulate, .wire, .decapsulate]) && !stages.isEmpty
    }
    for group in groups where group.shortest > 500 && group.count >= 2 {
      let crossed = book.crossings(of: group)
      guard crossed.count >= 3, group.shortest > crossed.longest else { continue }
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
    var sums: [String: (row: Curiosities.Row, sender: Int?)] = [:]
    var order: [String] = []
    for row in book.curiosities where row.key.kind == .outerFragment {
      // Where packets were seen first need not be where they come from: the sender may not have been captured.
      let sender = book.node(ofEnd: row.key.from)
      let name = sender.map { book.table.nodes[$0] } ?? "\(row.key.from)"
      if sums[name] == nil {
        order.append(name)
        sums[name] = (row, sender)
      } else {
        sums[name]?.row.count += row.count
        sums[name]?.row.examples += row.examples
      }
    }
    for name in order {
      guard let (row, sender) = sums[name] else { continue }
      book.report(
        book.finding(
          .outerFragments, confidence: .high, point: row.key.point,
          direction: sender.map { Finding.Direction(source: $0, destination: nil) },
          packets: row.count, evidence: row.examples,
          summary:
            "VXLAN packets from \(name) are fragmented: the overlay's MTU is larger"
            + " than the underlay carries"))
    }
  }
}

/// TCP segments larger than the overlay was told to carry (catalogue 10d).
enum SegmentSizeRule {
  static func apply(_ book: inout Casebook) {
    applyErrors(&book)
    applyTables(&book)
  }

  /// The node's tables tell what its VXLAN device carries.
  private static func applyTables(_ book: inout Casebook) {
    let rows = book.evidence.segmentSizes.sorted {
      $0.value.sightings.example < $1.value.sightings.example
    }
    for (key, row) in rows {
      let point = book.table[key.point]
      let ends = (
        book.surroundings.node(of: key.source), book.surroundings.node(of: key.destination)
      )
      guard point.role.isPodEnd || point.role == .bridge, ends.0 == point.node,
        let other = ends.1, other != point.node,
        let carried = book.tunnelMTU(from: point.node, to: other, key.destination)
      else { continue }
      let headers = headers(isIPv6: !key.source.isIPv4)
      // A router may make it smaller on the way.
      let told = rows.filter {
        $0.key.source == key.source && $0.key.destination == key.destination
      }.map(\.value.largest).min()
      guard let told, UInt32(told) + headers > carried else { continue }
      report(
        key, row, to: other, &book,
        summary: "\(key.source) announces an MSS of \(row.largest), and the VXLAN device of"
          + " \(point.nodeName) carries packets of \(carried) bytes at most")
    }
  }

  /// IP and TCP without options.
  private static func headers(isIPv6: Bool) -> UInt32 { isIPv6 ? 60 : 40 }

  private static func report(
    _ key: PacketEvidence.SegmentKey, _ row: PacketEvidence.SegmentSizes, to other: Int?,
    _ book: inout Casebook, summary: String
  ) {
    let direction = Finding.Direction(
      source: book.surroundings.node(of: key.source), destination: other)
    let isKnown = book.findings.contains {
      $0.code == .segmentSizeTooLarge && $0.direction == direction
    }
    if isKnown { return }
    book.report(
      book.finding(
        .segmentSizeTooLarge, confidence: .high, point: key.point, direction: direction,
        packets: row.sightings.count, evidence: [row.sightings.example], summary: summary))
  }

  private static func applyErrors(_ book: inout Casebook) {
    for error in book.errors.map(\.error) where error.isTooBig && error.mtu > 0 {
      guard error.transportProtocol == 6 else { continue }
      let headers = headers(isIPv6: error.isIPv6)
      // Each end tells the other how large its segments may be.
      let told = book.evidence.segmentSizes.filter {
        $0.key.source == error.destination && $0.key.destination == error.source
          && UInt32($0.value.largest) + headers > error.mtu
      }
      guard let row = told.min(by: { $0.value.sightings.example < $1.value.sightings.example })
      else { continue }
      report(
        row.key, row.value, to: book.surroundings.node(of: row.key.destination), &book,
        summary: "\(row.key.source) announces an MSS of \(row.value.largest), and the way to it"
          + " carries packets of \(error.mtu) bytes at most")
    }
  }
}

extension Casebook {
  /// What the VXLAN device carries at most, in bytes, that a node's packets to an address on another node
  /// take; nil if they take none, or no table tells.
  fileprivate func tunnelMTU(from node: Int, to other: Int, _ address: IPAddress) -> UInt32? {
    let isTunnelled = [true, false].contains { isIPv4 in
      let others = outerAddresses(of: other, isIPv4: isIPv4)
      return outerAddresses(of: node, isIPv4: isIPv4).contains { own in
        others.contains { end in
          let way = TunnelEnds.Way(source: own, destination: end)
          return tunnels.ways[way] != nil || tunnels.ways[way.reversed] != nil
        }
      }
    }
    let snapshot = surroundings.snapshots[table.nodes[node]]
    return snapshot?.links.compactMap { link in
      guard case .vxlan = link.kind, isTunnelled || isRouted(address, to: link.name, of: node)
      else { return nil }
      return link.mtu
    }.max()
  }
}
