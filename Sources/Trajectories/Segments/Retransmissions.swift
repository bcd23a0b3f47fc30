/// Remembers which trace carried a segment first, so that one sent again is linked to it.
///
/// Each flow knows how far it has come: what lies behind that was sent before, and only then the flow's
/// segments are searched, the latest first. Both tables are of fixed size; what is sent again very much
/// later stays without a link.
struct Retransmissions: ~Copyable {
  struct Flow {
    /// Bits of the flow's hash that its place leaves open; 0 for none.
    var tag: UInt32 = 0
    /// The sequence number that follows the furthest octet.
    var next: UInt32 = 0
    /// Position of the flow's last segment, counted over all segments ever.
    var last: UInt32 = 0
  }

  struct Segment {
    var number: UInt64 = 0
    var sequence: UInt32 = 0
    /// Position of the flow's segment before, or its own for the first one.
    var previous: UInt32 = 0
  }

  /// Flows whose hashes fall together share so many places.
  private static let ways = 4
  /// Segments of a flow that are searched.
  private static let searchLimit = 4096

  private let flows = FixedTable<16_384, Flow>()
  /// So few segments have fewer octets than there are sequence numbers: none comes round again.
  private let segments = FixedTable<32_768, Segment>()
  private var count: UInt32 = 0

  /// Asks for the memory of a flow before it is needed.
  ///
  /// - Parameter endpoints: the hash of the flow's endpoints.
  @inline(__always)
  func expect(endpoints: UInt64) {
    flows.expect(Int(truncatingIfNeeded: endpoints) & (flows.count - Self.ways))
  }

  /// Links a packet whose first octet another trace carried before to that one.
  @inline(__always)
  mutating func link(_ trajectory: inout Trajectory) {
    trajectory.retransmissionOf = nil
    let length = trajectory.hops[0].observation.sequenceLength
    if length > 0 { link(&trajectory, length: length) }
  }

  @inline(never)
  private mutating func link(_ trajectory: inout Trajectory, length: UInt32) {
    let endpoints = trajectory.hops[0].observation.endpointsHash
    let isOpening = trajectory.hops[0].observation.tcpFlags & 2 != 0
    let sequence = trajectory.part?.sequence ?? trajectory.hops[0].observation.sequence
    let end = sequence &+ (trajectory.part?.length ?? length)
    let tag = UInt32(truncatingIfNeeded: endpoints >> 32) | 1
    let first = Int(truncatingIfNeeded: endpoints) & (flows.count - Self.ways)
    var place = first
    var isKnown = flows[first].tag == tag
    if !isKnown {
      place = flowPlace(tag, from: first)
      isKnown = flows[place].tag == tag
    }
    let next = flows[place].next
    if isKnown && Int32(bitPattern: sequence &- next) < 0,
      let number = find(sequence, of: flows[place])
    {
      trajectory.retransmissionOf = number
      return
    }
    segments[Int(count) & (segments.count - 1)] = Segment(
      number: trajectory.number, sequence: sequence,
      previous: isKnown ? flows[place].last : count)
    let isFurther = !isKnown || isOpening || Int32(bitPattern: end &- next) > 0
    flows[place] = Flow(tag: tag, next: isFurther ? end : next, last: count)
    count &+= 1
  }

  /// The flow's place: its own, else that of the flow that has been silent for longest.
  @inline(never)
  private func flowPlace(_ tag: UInt32, from first: Int) -> Int {
    var oldest = first
    for place in first..<first + Self.ways {
      if flows[place].tag == tag { return place }
      let isOlder =
        flows[place].tag == 0 || count &- flows[place].last > count &- flows[oldest].last
      if flows[oldest].tag != 0 && isOlder { oldest = place }
    }
    return oldest
  }

  @inline(never)
  private func find(_ sequence: UInt32, of flow: Flow) -> UInt64? {
    var position = flow.last
    for _ in 0..<Self.searchLimit {
      guard count &- position <= UInt32(segments.count) else { return nil }
      let segment = segments[Int(position) & (segments.count - 1)]
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
