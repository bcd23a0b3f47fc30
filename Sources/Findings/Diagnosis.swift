import Packets
import Topology
package import Trajectories

/// Gathers from trajectories what findings rest on, and makes the findings.
///
/// Consumes trajectories one by one. Complete packets without anything remarkable cost a few comparisons;
/// the others are looked at closely. All tables are bounded.
package struct Diagnosis: ~Copyable {
  private(set) var losses = LossTable()
  private var passages = PassageTable()
  private(set) var devices = Devices()
  private(set) var tunnels = TunnelEnds()
  private(set) var conversations = ConversationTable()
  private(set) var curiosities = Curiosities()
  private(set) var queries = NameQueries()
  private(set) var repeats = RepeatedSegments()
  /// The ways that packets have in common, by their numbers: nearly every packet's is found here.
  private let ways = FixedTable<2048, Way>()

  /// What is the same for all packets of a way.
  struct Way {
    var shape: UInt32 = 0
    /// Longest packet of `count`, in bytes.
    var longest: UInt32 = 0
    /// Packets that the passage does not count yet.
    var count: UInt64 = 0
    /// Indices of the first path hop, and of the first of them in a tunnel; -1 for none.
    var first = -1
    var tunnelled = -1
    /// The hop after the latter if that is in a tunnel, too; else the same.
    var tunnelledNext = -1
    /// Whether the packet arrived under other addresses than it was sent under.
    var isTranslated = false
    /// Whether that may be more than a service's translation.
    var isCurious = false
    /// The row among the passages; -1 for none.
    var passage = -1
    /// What the last packet showed of the tunnel: nearly always the next one shows the same.
    var tunnel = TunnelEnds.Mark()
  }

  package init() {}

  /// Counts a packet; one that something is remarkable about is looked at closely.
  package mutating func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    let place = Int(truncatingIfNeeded: trajectory.shape) & (ways.count - 1)
    if isPlain(trajectory, way: place) {
      count(trajectory, way: place)
    } else {
      addClosely(trajectory, way: place, points: points)
    }
  }

  @inline(__always)
  private func count(_ trajectory: borrowing Trajectory, way place: Int) {
    ways[place].count &+= 1
    ways[place].longest = max(
      ways[place].longest, trajectory.hops[trajectory.lastSeen].observation.length)
  }

  /// Whether the packet, whose way would be at a place, shows nothing that those of its way before did not.
  @inline(__always)
  private func isPlain(_ trajectory: borrowing Trajectory, way place: Int) -> Bool {
    guard trajectory.shape != 0, ways[place].shape == trajectory.shape, ways[place].first == 0,
      !ways[place].isCurious, case .complete = trajectory.outcome, trajectory.delivered == true,
      trajectory.retransmissionOf == nil
    else { return false }
    let hops = trajectory.hops.span
    // Raw values: operations of sets from another module are no plain instructions.
    var traits: UInt16 = 0
    for index in hops.indices { traits |= hops[index].observation.traits.rawValue }
    guard traits & LossKey.tellingBits == 0 else { return false }
    let tunnelled = ways[place].tunnelled
    if tunnelled >= 0 {
      let next = hops[ways[place].tunnelledNext].observation.tunnelSource.low
      guard ways[place].tunnel.holds(of: trajectory, hop: tunnelled),
        ways[place].tunnel.source.low == next
      else { return false }
    }
    switch hops[0].observation.transportProtocol {
    case 6: return hops[0].observation.tcpFlags & 0x06 == 0
    case 17:
      return hops[0].observation.destinationPort != 53 && !ways[place].isTranslated
        && !conversations.hasTranslatedDatagrams
    default: return true
    }
  }

  @inline(never)
  private mutating func addClosely(
    _ trajectory: borrowing Trajectory, way place: Int, points: borrowing PointTable
  ) {
    if trajectory.shape == 0 || ways[place].shape != trajectory.shape {
      learnWay(of: trajectory, at: place, points: points)
    }
    let first = ways[place].first
    guard first >= 0 else { return }
    count(trajectory, way: place)
    var isCurious = ways[place].isCurious || Self.traits(of: trajectory) & LossKey.tellingBits != 0
    if ways[place].tunnelled >= 0 {
      let hops = trajectory.hops.span
      if !ways[place].tunnel.holds(of: trajectory, hop: ways[place].tunnelled) {
        ways[place].tunnel = tunnels.note(trajectory, hop: ways[place].tunnelled)
      }
      let next = hops[ways[place].tunnelledNext].observation.tunnelSource.low
      isCurious = isCurious || ways[place].tunnel.source.low != next
    }
    if case .lost = trajectory.outcome { addLoss(trajectory, first: first) }
    if isCurious { addCuriosities(trajectory, first: first, points: points) }
    addTransport(trajectory, first: first, isTranslated: ways[place].isTranslated)
  }

  /// All passages, with what the ways have not handed on yet.
  var allPassages: [Passage] {
    var passages = self.passages
    for place in 0..<ways.count { Self.settle(ways[place], in: &passages) }
    return passages.rows
  }

  private static func settle(_ way: Way, in passages: inout PassageTable) {
    guard way.count > 0 && way.passage >= 0 else { return }
    passages.count(way.passage, packets: way.count, longest: way.longest)
  }

  @inline(never)
  private mutating func learnWay(
    of trajectory: borrowing Trajectory, at place: Int, points: borrowing PointTable
  ) {
    Self.settle(ways[place], in: &passages)
    ways[place] = newWay(of: trajectory, points: points)
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
    let next = way.tunnelled + 1
    let isNextTunnelled =
      way.tunnelled >= 0 && next < trajectory.hops.count
      && trajectory.hops[next].observation.isEncapsulated
    way.tunnelledNext = isNextTunnelled ? next : way.tunnelled
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
  private static func traits(of trajectory: borrowing Trajectory) -> UInt16 {
    trajectory.hops.reduce(0) {
      $1.kind == .path ? $0 | $1.observation.traits.rawValue : $0
    }
  }

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
