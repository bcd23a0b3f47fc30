import Packets
import Topology

/// Tells the hops of a packet's path from observations that are none: copies and repetitions.
struct HopKinds {
  /// Assigns the kind of each hop; the hops are in the order of the path.
  static func assign(
    _ hops: inout [Hop], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge, recordings: borrowing RecordingTimes
  ) {
    for index in hops.indices {
      hops[index].kind = repetition(of: index, in: hops, recordings: recordings) ?? .path
      if hops[index].kind == .path
        && (isBridgeCopy(index, hops, table: table, knowledge: knowledge)
          || isFlooded(index, hops, table: table, knowledge: knowledge))
      {
        hops[index].kind = .bridgeCopy
      }
    }
    if !hops.contains(where: { $0.kind == .path }) { hops[0].kind = .path }
  }

  /// The same point again in the same state: from another file, or a true duplicate.
  private static func repetition(
    of index: Int, in hops: [Hop], recordings: borrowing RecordingTimes
  ) -> Hop.Kind? {
    let row = hops[index].observation
    for earlier in hops[..<index] {
      let seen = earlier.observation
      guard seen.point == row.point, seen.timeToLive == row.timeToLive,
        seen.hasSameEndpoints(as: row)
      else { continue }
      return recordings.isRecapture(row, of: seen) ? .recapture : .duplicate
    }
    return nil
  }

  /// A bridge device in promiscuous mode also gets frames that are switched past it.
  private static func isBridgeCopy(
    _ index: Int, _ hops: [Hop], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) -> Bool {
    let row = hops[index].observation
    let point = table.site(of: row.point)
    guard point.role == .bridge else { return false }
    if row.packetType == 3 { return true }
    if row.packetType != 255 { return false }
    if let own = knowledge.linkAddress(of: row.point), row.linkDestination != 0 {
      return row.linkDestination != own && row.linkSource != own
    }
    return isBetweenPods(index, hops, node: point.node, table: table)
  }

  /// Whether another pod got the frame too, since the bridge did not know any more behind which port the right
  /// one is (IEEE 802.1D, section 7.7.2).
  private static func isFlooded(
    _ index: Int, _ hops: [Hop], table: borrowing PointTable,
    knowledge: borrowing NetworkKnowledge
  ) -> Bool {
    let row = hops[index].observation
    guard table.site(of: row.point).role == .veth else { return false }
    if knowledge.isForAnotherPod(row) { return true }
    guard knowledge.isOthers(row),
      let veth = knowledge.home(of: row.destination)?.veth,
      table.node(of: veth) == table.node(of: row.point)
    else { return false }
    return hops.contains {
      let seen = $0.observation
      return seen.point == veth && seen.timeToLive == row.timeToLive
        && seen.linkDestination == row.linkDestination && seen.hasSameEndpoints(as: row)
    }
  }

  /// Whether the veths of two pods had the packet with the same TTL: nothing routed it. A bridge that
  /// sends the packet itself, as to a service's pod whose MAC address it had to ask for, puts its own
  /// MAC address into it.
  private static func isBetweenPods(
    _ index: Int, _ hops: [Hop], node: Int, table: borrowing PointTable
  ) -> Bool {
    let timeToLive = hops[index].observation.timeToLive
    let sender = hops[index].observation.linkSource
    var veths: (UInt16?, isSecond: Bool) = (nil, false)
    var hasSender = sender == 0
    for hop in hops where hop.observation.timeToLive == timeToLive {
      let point = table.site(of: hop.observation.point)
      guard point.node == node && point.role == .veth else { continue }
      if hop.observation.linkSource == sender { hasSender = true }
      if let veth = veths.0, veth != hop.observation.point { veths.isSecond = true }
      veths.0 = hop.observation.point
    }
    return veths.isSecond && hasSender
  }
}
