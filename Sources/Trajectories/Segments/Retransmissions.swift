/// Remembers which trace carried a segment first, so that one sent again is linked to it.
///
/// Each flow knows how far it has come: what lies behind that was sent before, and only then the flow's
/// segments are searched, the latest first. Both tables are of fixed size; what is sent again very much
/// later stays without a link.
struct Retransmissions {
  private struct Flow {
    /// Bits of the flow's hash that its place leaves open; 0 for none.
    var tag: UInt32 = 0
    /// The sequence number that follows the furthest octet.
    var next: UInt32 = 0
    /// Position of the flow's last segment, counted over all segments ever.
    var last: UInt32 = 0
  }

  private struct Segment {
    var number: UInt64 = 0
    var sequence: UInt32 = 0
    /// Position of the flow's segment before, or its own for the first one.
    var previous: UInt32 = 0
  }

  /// So few segments have fewer octets than there are sequence numbers: none comes round again.
  private static let segmentCount = 1 << 15
  private static let flowCount = 1 << 14
  /// Flows whose hashes fall together share so many places.
  private static let ways = 4
  /// Segments of a flow that are searched.
  private static let searchLimit = 4096

  /// Both are empty before the first segment comes.
  private var flows: [Flow] = []
  private var segments: [Segment] = []
  private var count: UInt32 = 0

  /// Links a packet whose first octet another trace carried before to that one.
  mutating func link(_ trajectory: inout Trajectory) {
    trajectory.retransmissionOf = nil
    let length = trajectory.hops[0].observation.sequenceLength
    guard length > 0 else { return }
    if flows.isEmpty { allocate() }
    let endpoints = trajectory.hops[0].observation.endpointsHash
    let isOpening = trajectory.hops[0].observation.tcpFlags & 2 != 0
    let sequence = trajectory.part?.sequence ?? trajectory.hops[0].observation.sequence
    let end = sequence &+ (trajectory.part?.length ?? length)
    let place = flowPlace(endpoints)
    let tag = UInt32(truncatingIfNeeded: endpoints >> 32) | 1
    var flow = flows[place]
    let isKnown = flow.tag == tag
    if isKnown && Int32(bitPattern: sequence &- flow.next) < 0,
      let number = find(sequence, of: flow)
    {
      trajectory.retransmissionOf = number
      return
    }
    segments[Int(count) & (Self.segmentCount - 1)] = Segment(
      number: trajectory.number, sequence: sequence, previous: isKnown ? flow.last : count)
    if !isKnown || isOpening || Int32(bitPattern: end &- flow.next) > 0 { flow.next = end }
    flow.tag = tag
    flow.last = count
    flows[place] = flow
    count &+= 1
  }

  @inline(never)
  private mutating func allocate() {
    flows = Array(repeating: Flow(), count: Self.flowCount)
    segments = Array(repeating: Segment(), count: Self.segmentCount)
  }

  /// The flow's place: its own, else that of the flow that has been silent for longest.
  private func flowPlace(_ endpoints: UInt64) -> Int {
    let first = Int(truncatingIfNeeded: endpoints) & (Self.flowCount - Self.ways)
    let tag = UInt32(truncatingIfNeeded: endpoints >> 32) | 1
    var oldest = first
    for place in first..<first + Self.ways {
      if flows[place].tag == tag { return place }
      let isOlder =
        flows[place].tag == 0 || count &- flows[place].last > count &- flows[oldest].last
      if flows[oldest].tag != 0 && isOlder { oldest = place }
    }
    return oldest
  }

  private func find(_ sequence: UInt32, of flow: Flow) -> UInt64? {
    var position = flow.last
    for _ in 0..<Self.searchLimit {
      guard count &- position <= UInt32(Self.segmentCount) else { return nil }
      let segment = segments[Int(position) & (Self.segmentCount - 1)]
      if segment.sequence == sequence { return segment.number }
      if segment.previous == position { return nil }
      position = segment.previous
    }
    return nil
  }
}

extension Observation {
  /// How many sequence numbers the segment takes: its octets, a SYN and a FIN (RFC 9293, section 3.4).
  fileprivate var sequenceLength: UInt32 {
    guard isTCP, !isFragment, identity != 0 else { return 0 }
    return payloadLength &+ UInt32(tcpFlags & 1) &+ UInt32(tcpFlags >> 1 & 1)
  }
}
