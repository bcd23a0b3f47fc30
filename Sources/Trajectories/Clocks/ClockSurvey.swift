import Packets

/// Collects, from a sample of observations, packets that two nodes saw: they tell how the nodes' clocks
/// differ, before any clock is known.
struct ClockSurvey {
  /// Packets remembered at the most.
  private static let packetLimit = 1 << 18

  /// One packet, as two nodes saw it.
  private struct Sighting {
    let identity: UInt64
    var nodes: (UInt16, UInt16?)
    var first: NodeTimes
    var second = NodeTimes()
    var tunnelSource: IPAddress
    /// Where the packet was seen.
    var places = SeenPlaces()
    /// Seen by a third node: no good witness.
    var isSpoilt = false

    init(_ row: Row, node: UInt16) {
      identity = row.identity
      nodes = (node, nil)
      tunnelSource = row.tunnelSource
      first = NodeTimes()
      first.add(row.time, timeToLive: row.timeToLive)
      _ = places.add(row.place)
    }

    @inline(__always)
    mutating func add(_ row: Row, node: UInt16) {
      let isRepeated = !places.add(row.place)
      if row.isEncapsulated { tunnelSource = row.tunnelSource }
      if nodes.0 == node {
        first.add(row.time, timeToLive: row.timeToLive)
        if isRepeated { first.isRepeated = true }
      } else if nodes.1 == nil || nodes.1 == node {
        nodes.1 = node
        second.add(row.time, timeToLive: row.timeToLive)
        if isRepeated { second.isRepeated = true }
      } else {
        isSpoilt = true
      }
    }
  }

  /// What of an observation matters here.
  private struct Row {
    let identity: UInt64
    let time: Int64
    let tunnelSource: IPAddress
    /// The point, in its file.
    let place: UInt32
    let timeToLive: UInt8
    let isEncapsulated: Bool

    @inline(__always)
    init(_ row: borrowing Observation) {
      identity = row.identity
      time = row.time
      tunnelSource = row.tunnelSource
      place = UInt32(row.file) << 16 | UInt32(row.point)
      timeToLive = row.timeToLive
      isEncapsulated = row.isEncapsulated
    }
  }

  /// The points, each in a file, that had a packet.
  private struct SeenPlaces {
    private var places = InlineArray<12, UInt32>(repeating: 0)
    private var count = 0

    /// Returns false if the packet was there before: the same interface in two files is another place. Of a
    /// packet that is seen at very many places that is not told.
    @inline(__always)
    mutating func add(_ place: UInt32) -> Bool {
      for index in 0..<count where places[index] == place { return false }
      guard count < places.count else { return false }
      places[count] = place
      count += 1
      return true
    }
  }

  /// When one node had a packet: first and last time, and its highest TTL there.
  struct NodeTimes {
    var earliest = Int64.max
    var latest = Int64.min
    var timeToLive: UInt8 = 0
    /// Whether one of the node's points had the packet twice. Then its last time is not before the other node's
    /// first; of a receiver only the first time counts.
    var isRepeated = false

    mutating func add(_ time: Int64, timeToLive: UInt8) {
      earliest = min(earliest, time)
      latest = max(latest, time)
      self.timeToLive = max(self.timeToLive, timeToLive)
    }
  }

  /// Times that a clock may show, nanoseconds since 1970: of 1961 to 2079. Sums and differences of a few of them
  /// are numbers yet, whatever a capture says.
  static let plausibleTimes: ClosedRange<Int64> = -(1 << 58)...(3 << 60)

  /// In the order in which the packets were met.
  private var sightings: [Sighting] = []
  /// Indices in `sightings`, or -1, each at the first free place from the one that the identity's lowest bits name;
  /// a power of two, and at least twice as many as there are sightings.
  private var places: [Int32]

  /// - Parameter count: packets that there is room for from the start.
  init(expecting count: Int = 512) {
    var power = 1024
    while power <= 2 * count { power *= 2 }
    places = Array(repeating: -1, count: power)
    sightings.reserveCapacity(power / 2)
  }

  @inline(__always)
  mutating func add(_ row: borrowing Observation, node: Int) {
    guard Self.plausibleTimes.contains(row.time) else { return }
    guard row.isWitness, !row.isLinkScoped else { return }
    add(Row(row), node: UInt16(node))
  }

  private mutating func add(_ row: Row, node: UInt16) {
    let place = place(of: row.identity)
    let index = Int(places[place])
    if index >= 0 {
      sightings[index].add(row, node: node)
    } else if sightings.count < Self.packetLimit {
      places[place] = Int32(sightings.count)
      sightings.append(Sighting(row, node: node))
      if 2 * sightings.count > places.count { grow() }
    }
  }

  /// Where the index of an identity is, or is to be. Identities are hashes already.
  private func place(of identity: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: identity) & (places.count - 1)
    while places[place] >= 0 && sightings[Int(places[place])].identity != identity {
      place = (place + 1) & (places.count - 1)
    }
    return place
  }

  private mutating func grow() {
    places = Array(repeating: -1, count: 2 * places.count)
    for index in sightings.indices {
      places[place(of: sightings[index].identity)] = Int32(index)
    }
  }

  /// The packets by pair of nodes, in the order of time.
  ///
  /// - Parameter order: nodes by name, so that a pair is looked at from the same side whatever the order
  ///   of the inputs.
  func pairs(order: [Int]) -> [NodePairTimes] {
    var ranks = [UInt16](repeating: 0, count: order.count)
    for (rank, node) in order.enumerated() { ranks[node] = UInt16(rank) }
    var pairs: [NodePairTimes] = []
    var indices: [UInt32: Int] = [:]
    // Most packets are of the pair that the one before was of.
    var last: (key: UInt32, index: Int) = (0, 0)
    for sighting in sightings {
      guard !sighting.isSpoilt, let second = sighting.nodes.1 else { continue }
      let first = sighting.nodes.0
      let isSwapped = ranks[Int(second)] < ranks[Int(first)]
      let (low, high) = isSwapped ? (second, first) : (first, second)
      let key = UInt32(ranks[Int(low)]) << 16 | UInt32(ranks[Int(high)])
      if pairs.isEmpty || key != last.key {
        last = (key, indices[key] ?? pairs.count)
      }
      if last.index == pairs.count {
        indices[key] = last.index
        pairs.append(NodePairTimes(nodes: (low, high)))
      }
      pairs[last.index].add(
        low: isSwapped ? sighting.second : sighting.first,
        high: isSwapped ? sighting.first : sighting.second, tunnelSource: sighting.tunnelSource)
    }
    return indices.sorted { $0.key < $1.key }.map { pairs[$0.value].arranged() }
  }
}

/// Packets that crossed between nodes, of all samples.
struct NodeCrossings {
  private var ofPair: [UInt32: NodePairTimes] = [:]

  /// In the order of the nodes' names.
  var pairs: [NodePairTimes] { ofPair.sorted { $0.key < $1.key }.map(\.value) }

  /// Nodes that packets crossed to or from.
  private(set) var nodes: Set<UInt16> = []

  /// Adds, of each pair of nodes and direction, the packet that took the least time: of many samples no more is
  /// needed. Tells whether there was any.
  mutating func addFastest(of survey: ClockSurvey, order: [Int]) -> Bool {
    let pairs = survey.pairs(order: order)
    for pair in pairs { add(pair.fastest) }
    return !pairs.isEmpty
  }

  private mutating func add(_ pair: NodePairTimes) {
    let key = UInt32(pair.nodes.0) << 16 | UInt32(pair.nodes.1)
    ofPair[key]?.add(pair)
    if ofPair[key] == nil { ofPair[key] = pair }
    nodes.formUnion([pair.nodes.0, pair.nodes.1])
  }

  /// Adds a sample's packets; returns the nodes that they crossed to or from.
  ///
  /// Each sample is its own survey: over a longer time other packets have the same identity.
  mutating func add(_ survey: ClockSurvey, order: [Int]) -> Set<UInt16> {
    var found: Set<UInt16> = []
    for pair in survey.pairs(order: order) {
      add(pair)
      found.formUnion([pair.nodes.0, pair.nodes.1])
    }
    return found
  }
}

/// Packets that crossed between two nodes, by direction.
struct NodePairTimes {
  /// A packet's times: at the last point of the sender and the first one of the receiver.
  struct Crossing {
    /// On the clock of the pair's first node.
    var time: Int64
    /// The second node's clock less the first's, in nanoseconds: with the delay added on the way there,
    /// taken away on the way back.
    var difference: Int64
  }

  let nodes: (UInt16, UInt16)
  private(set) var there: [Crossing] = []
  private(set) var back: [Crossing] = []
  /// Packets whose TTL does not tell the direction, by the tunnel's source.
  private var undecided: [IPAddress: [(low: ClockSurvey.NodeTimes, high: ClockSurvey.NodeTimes)]] =
    [:]

  init(nodes: (UInt16, UInt16)) {
    self.nodes = nodes
  }

  mutating func add(
    low: ClockSurvey.NodeTimes, high: ClockSurvey.NodeTimes, tunnelSource: IPAddress
  ) {
    if low.timeToLive > high.timeToLive {
      guard !low.isRepeated else { return }
      there.append(Crossing(time: low.latest, difference: high.earliest &- low.latest))
    } else if low.timeToLive < high.timeToLive {
      guard !high.isRepeated else { return }
      back.append(Crossing(time: low.earliest, difference: high.latest &- low.earliest))
    } else if !low.isRepeated && !high.isRepeated {
      undecided[tunnelSource, default: []].append((low, high))
    }
  }

  /// The same pair's packets of another sample; both are arranged. Of very many each second one is enough.
  mutating func add(_ other: NodePairTimes) {
    there.append(contentsOf: other.there)
    back.append(contentsOf: other.back)
    sort()
    there.thin { $0.difference < $1.difference }
    back.thin { $0.difference > $1.difference }
  }

  /// Decides the direction of what the TTL left open, and sorts.
  func arranged() -> NodePairTimes {
    var pair = self
    // Of two tunnel sources, the packets of the one that seem to take longer went there. If neither do, as
    // between copies of one capture, nothing tells.
    let means = undecided.map { source, packets in
      (
        source,
        packets.reduce(0.0) { $0 + Double($1.high.earliest &- $1.low.latest) }
          / Double(packets.count)
      )
    }.sorted { $0.1 > $1.1 }
    if means.count == 2, means[0].1 > means[1].1 {
      for packet in undecided[means[0].0] ?? [] {
        pair.there.append(
          Crossing(time: packet.low.latest, difference: packet.high.earliest &- packet.low.latest))
      }
      for packet in undecided[means[1].0] ?? [] {
        pair.back.append(
          Crossing(
            time: packet.low.earliest, difference: packet.high.latest &- packet.low.earliest))
      }
    }
    pair.sort()
    return pair
  }

  /// The packet each way that took the least time.
  fileprivate var fastest: NodePairTimes {
    var pair = NodePairTimes(nodes: nodes)
    pair.there = there.min { $0.difference < $1.difference }.map { [$0] } ?? []
    pair.back = back.max { $0.difference < $1.difference }.map { [$0] } ?? []
    return pair
  }

  /// The same packets, looked at from the second node.
  var reversed: NodePairTimes {
    func turned(_ crossings: [Crossing]) -> [Crossing] {
      crossings.map { Crossing(time: $0.time &+ $0.difference, difference: 0 &- $0.difference) }
    }
    var pair = NodePairTimes(nodes: (nodes.1, nodes.0))
    pair.there = turned(back)
    pair.back = turned(there)
    pair.sort()
    return pair
  }

  private mutating func sort() {
    there.sort { ($0.time, $0.difference) < ($1.time, $1.difference) }
    back.sort { ($0.time, $0.difference) < ($1.time, $1.difference) }
  }
}

extension [NodePairTimes.Crossing] {
  /// As many as a long capture's samples need to tell how a clock ran.
  private static let crossingLimit = 1 << 16

  /// Where there are too many, keeps of each two that follow one another the one that comes first by `isBetter`.
  fileprivate mutating func thin(_ isBetter: (Element, Element) -> Bool) {
    guard count > Self.crossingLimit else { return }
    self = stride(from: 0, to: count - 1, by: 2).map {
      isBetter(self[$0 + 1], self[$0]) ? self[$0 + 1] : self[$0]
    }
  }
}

extension Observation {
  /// Whether the identity stands for one packet: not for a bare acknowledgment that may be sent again.
  fileprivate var isWitness: Bool {
    guard identity != 0, traits.contains(.isIdentityComplete) else { return false }
    return identification != 0 || payloadLength > 0 || tcpFlags & 0x02 != 0
  }
}
