import Packets
import Topology
package import Trajectories

/// Gathers from trajectories what findings rest on, and makes the findings.
///
/// Consumes trajectories one by one. Complete packets without anything remarkable cost a few comparisons;
/// the others are looked at closely. All tables are bounded.
package struct Diagnosis: Sendable {
  private(set) var losses = LossTable()
  private(set) var passages = PassageTable()
  private(set) var devices = Devices()
  private(set) var tunnels = TunnelEnds()
  private(set) var conversations = ConversationTable()
  private(set) var curiosities = Curiosities()
  private(set) var queries = NameQueries()
  private(set) var repeats = RepeatedSegments()
  /// The ways that packets have in common, by their numbers: nearly every packet's is found here.
  private var ways = [Way](repeating: Way(), count: wayCount)
  private static let wayCount = 2048

  /// What is the same for all packets of a way.
  private struct Way: Sendable {
    var shape: UInt32 = 0
    /// Indices of the first path hop, and of the first of them in a tunnel; -1 for none.
    var first = -1
    var tunnelled = -1
    /// Whether the packet arrived under other addresses than it was sent under.
    var isTranslated = false
    /// Whether that may be more than a service's translation.
    var isCurious = false
    /// The row among the passages; -1 for none.
    var passage = -1
  }

  package init() {}

  package mutating func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    let way = way(of: trajectory, points: points)
    let (first, tunnelled) = (way.first, way.tunnelled)
    guard first >= 0 else { return }
    let hops = trajectory.hops.span
    let last = trajectory.lastSeen
    if way.passage >= 0 { passages.count(way.passage, length: hops[last].observation.length) }
    if tunnelled >= 0 { tunnels.note(trajectory, hop: tunnelled) }
    if case .lost = trajectory.outcome { addLoss(trajectory, first: first) }
    if way.isCurious || Self.traits(of: trajectory) & LossKey.tellingBits != 0
      || tunnelled >= 0 && hasUnderlayTranslation(trajectory, from: tunnelled)
    {
      addCuriosities(trajectory, first: first, points: points)
    }
    addTransport(trajectory, first: first, isTranslated: way.isTranslated)
  }

  @inline(__always)
  private mutating func way(
    of trajectory: borrowing Trajectory, points: borrowing PointTable
  ) -> Way {
    let place = Int(truncatingIfNeeded: trajectory.shape) & (Self.wayCount - 1)
    if trajectory.shape == 0 || ways[place].shape != trajectory.shape {
      ways[place] = newWay(of: trajectory, points: points)
    }
    return ways[place]
  }

  private mutating func newWay(
    of trajectory: borrowing Trajectory, points: borrowing PointTable
  ) -> Way {
    var way = Way(shape: trajectory.shape)
    for index in trajectory.hops.indices {
      guard case .path = trajectory.hops[index].kind else { continue }
      if way.first < 0 { way.first = index }
      let encapsulation = trajectory.hops[index].observation.encapsulation
      if way.tunnelled < 0 && encapsulation.rawValue != 0 { way.tunnelled = index }
    }
    guard way.first >= 0 else { return way }
    let origin = trajectory.hops[way.first].observation
    let last = trajectory.hops[trajectory.lastSeen].observation
    way.isTranslated =
      origin.source.low != last.source.low || origin.destination.low != last.destination.low
    way.isCurious = way.isTranslated && Self.mayBeCurious(trajectory, first: way.first)
    let known = passages.rows.count
    way.passage =
      passages.row(of: trajectory, first: way.first, isTunnelled: way.tunnelled >= 0) ?? -1
    // Packets of one passage may take several ways, as IPv4 and IPv6 do with a VTEP each.
    if trajectory.shape != 0 || passages.rows.count > known {
      devices.learn(trajectory, points: points)
    }
    return way
  }

  /// Whether the source changed on the way to the first destination, or that of the tunnel did.
  private static func mayBeCurious(_ trajectory: borrowing Trajectory, first: Int) -> Bool {
    let hops = trajectory.hops.span
    let destination = hops[first].observation.destination
    var previous = first
    for index in first..<hops.count {
      guard case .path = hops[index].kind else { continue }
      let (row, before) = (hops[index].observation, hops[previous].observation)
      if row.source != before.source && row.destination == destination
        || row.isEncapsulated && before.isEncapsulated && row.tunnelSource != before.tunnelSource
      {
        return true
      }
      previous = index
    }
    return false
  }

  /// What any of the path's hops is marked with.
  @inline(__always)
  private static func traits(of trajectory: borrowing Trajectory) -> UInt16 {
    let hops = trajectory.hops.span
    // Raw values: operations of sets from another module are no plain instructions.
    var traits: UInt16 = 0
    for index in hops.indices {
      if case .path = hops[index].kind { traits |= hops[index].observation.traits.rawValue }
    }
    return traits
  }

  @inline(__always)
  private mutating func addTransport(
    _ trajectory: borrowing Trajectory, first: Int, isTranslated: Bool
  ) {
    switch trajectory.hops[first].observation.transportProtocol {
    case 6:
      if trajectory.hops[first].observation.tcpFlags & 0x06 != 0 {
        conversations.add(trajectory, first: first)
      }
      if trajectory.delivered != true || trajectory.retransmissionOf != nil {
        repeats.add(trajectory, first: first)
      }
    case 17:
      if trajectory.hops[first].observation.destinationPort == 53 {
        queries.add(trajectory, first: first)
      }
      if isTranslated || conversations.hasTranslatedDatagrams {
        conversations.add(trajectory, first: first)
      }
    default: break
    }
  }

  private mutating func addLoss(_ trajectory: borrowing Trajectory, first: Int) {
    guard let next = trajectory.expectedNext else { return }
    losses.add(
      LossKey(trajectory, first: first, next: next),
      trajectory.hops[trajectory.lastSeen].observation,
      isInferred: trajectory.lossEvidence == .inferred)
  }

  /// Whether the outer source address changed on the way.
  @inline(__always)
  private func hasUnderlayTranslation(
    _ trajectory: borrowing Trajectory, from tunnelled: Int
  ) -> Bool {
    let hops = trajectory.hops.span
    guard tunnelled < hops.count - 1 else { return false }
    let next = hops[tunnelled + 1].observation.tunnelSource.low
    return hops[tunnelled + 1].observation.encapsulation.rawValue != 0
      && hops[tunnelled].observation.tunnelSource.low != next
  }
}

// MARK: - What arrived and is remarkable all the same

extension Diagnosis {
  private mutating func addCuriosities(
    _ trajectory: borrowing Trajectory, first: Int, points: borrowing PointTable
  ) {
    let isLost = trajectory.outcome == .lost
    let origin = trajectory.hops[first].observation
    let hops = trajectory.hops.indices.filter { trajectory.hops[$0].kind == .path }
    var seen: Observation.Traits = []
    var previous = origin
    for index in hops {
      let row = trajectory.hops[index].observation
      let isReceived = Self.isReceived(trajectory, index, hops, points: points)
      var key = Curiosities.Key(kind: .wrongChecksum, point: row.point, firstPoint: origin.point)
      func isNew(_ trait: Observation.Traits) -> Bool {
        row.traits.contains(trait) && !seen.contains(trait)
      }
      if isReceived && isNew(.hasWrongChecksum) {
        seen.insert(.hasWrongChecksum)
        curiosities.add(key, row, isLost: isLost)
      }
      if isReceived && isNew(.hasWrongOuterChecksum) {
        seen.insert(.hasWrongOuterChecksum)
        key.kind = .wrongOuterChecksum
        curiosities.add(key, row, isLost: isLost)
      }
      // Other tunnels (a switch's mirror, say) are none of the overlay's.
      if row.encapsulation == .vxlan && isNew(.isOuterFragment) {
        seen.insert(.isOuterFragment)
        key.kind = .outerFragment
        key.from = row.tunnelSource
        curiosities.add(key, row, isLost: isLost)
      }
      addTranslations(
        from: previous, to: row, origin: origin, points: points, isLost: isLost,
        isBetweenPods: trajectory.scope == .pod)
      previous = row
    }
  }

  private mutating func addTranslations(
    from previous: Observation, to row: Observation, origin: Observation,
    points: borrowing PointTable, isLost: Bool, isBetweenPods: Bool
  ) {
    var key = Curiosities.Key(kind: .translatedSource, point: row.point, firstPoint: origin.point)
    // On the receiving node a service's answer is translated back.
    let isSending = points[row.point].node == points[origin.point].node || row.isEncapsulated
    if isBetweenPods && isSending && row.source != previous.source
      && row.destination == origin.destination
    {
      key.from = previous.source
      key.to = row.source
      key.destination = row.destination
      curiosities.add(key, row, isLost: isLost)
    }
    let isOverWire = points[previous.point].node != points[row.point].node
    if isOverWire && row.isEncapsulated && previous.isEncapsulated
      && row.tunnelSource != previous.tunnelSource && row.timeToLive == previous.timeToLive
    {
      key.kind = .translatedUnderlay
      key.from = previous.tunnelSource
      key.to = row.tunnelSource
      key.destination = row.tunnelDestination
      curiosities.add(key, row, isLost: isLost)
    }
  }

  /// Whether a hop is on the receiving side for certain: another node had the packet before, or it goes on
  /// from the NIC into its node.
  static func isReceived(
    _ trajectory: borrowing Trajectory, _ index: Int, _ hops: [Int], points: borrowing PointTable
  ) -> Bool {
    let row = trajectory.hops[index].observation
    // What a switch mirrors (ERSPAN, say) was not received by anybody yet.
    guard row.encapsulation == .none || row.encapsulation == .vxlan else { return false }
    // What is no known kind of interface may just as well be where the packet was sent.
    if points[row.point].role == .unknown { return row.packetType == 0 }
    let node = points[row.point].node
    for earlier in hops where earlier < index {
      if points[trajectory.hops[earlier].observation.point].node != node { return true }
    }
    guard index == hops.first, points[row.point].role == .nic else { return false }
    let next = hops.first { $0 > index }.map { trajectory.hops[$0].observation.point }
    guard let next = next ?? trajectory.expectedNext else { return row.packetType == 0 }
    return points[next].node == node
  }
}
