/// Measures how long a packet took from each hop of its path to the next.
struct HopDelays {
  /// How wrong a node's clock may be at a moment; nil if that is not known.
  private struct NodeError {
    var moment = Int64.min
    var error: Int64?
  }

  /// What was worked out last for each node, as far as it was asked for.
  private var errors: [NodeError] = []
  /// When the time began, in corrected nanoseconds, that is looked at as one moment.
  private var moment: Int64 = 0
  /// Two nodes, and how wrong a comparison of their clocks may be in the moment.
  private struct PairError {
    var pair: UInt64 = .max
    var error: Int64?
  }

  /// What was worked out last for pairs of nodes, each at the place that the nodes' numbers name.
  private var pairs = [PairError](repeating: PairError(), count: pairCount)
  /// Number of the moment: what was worked out in an earlier one does not hold any more.
  private var momentNumber: UInt32 = 0
  private static let pairCount = 256

  /// A clock's error changes slowly: it is worked out anew after this time, in nanoseconds.
  private static let errorSpan: Int64 = 10_000_000

  mutating func measure(
    _ hops: inout [Hop], table: borrowing PointTable, clocks: borrowing ClockModel
  ) {
    var hops = hops.mutableSpan
    var isFirst = true
    var before = PointTable.Place(node: 0, rank: 0, resolution: 0)
    var recorded: Int64 = 0
    var corrected: Int64 = 0
    for index in hops.indices {
      var delay: Int64?
      var delayError: Int64?
      if case .path = hops[index].kind {
        let here = table.place(of: hops[index].observation.point)
        let time = hops[index].observation.time
        let correctedTime = hops[index].observation.correctedTime
        if !isFirst {
          let resolution = max(before.resolution, here.resolution)
          if before.node == here.node {
            delay = time &- recorded
            delayError = resolution
          } else if let error = error(
            between: before.node, and: here.node, at: corrected, clocks: clocks)
          {
            // Two nodes have two clocks: without an estimate of their offset there is no delay to tell.
            delay = correctedTime &- corrected
            delayError = error &+ resolution
          }
        }
        isFirst = false
        before = here
        recorded = time
        corrected = correctedTime
      }
      hops[index].delay = delay
      hops[index].delayError = delayError
    }
  }

  @inline(__always)
  private mutating func error(
    between one: UInt16, and other: UInt16, at time: Int64, clocks: borrowing ClockModel
  ) -> Int64? {
    moveMoment(to: time)
    let (low, high) = (min(one, other), max(one, other))
    let pair = UInt64(momentNumber) << 32 | UInt64(low) << 16 | UInt64(high)
    let place = Int(low &* 31 &+ high) & (Self.pairCount - 1)
    if pairs[place].pair != pair {
      let error = newError(between: Int(one), and: Int(other), clocks: clocks)
      pairs[place] = PairError(pair: pair, error: error)
    }
    return pairs[place].error
  }

  @inline(never)
  private mutating func newError(
    between one: Int, and other: Int, clocks: borrowing ClockModel
  ) -> Int64? {
    guard clocks.areComparable(one, other) else { return nil }
    guard let first = error(of: one, clocks: clocks),
      let second = error(of: other, clocks: clocks),
      let shared = error(of: clocks.meeting(of: one, and: other), clocks: clocks)
    else { return nil }
    return ClockModel.error(first, second, shared: shared)
  }

  /// The same moment for all packets of its time, whichever was measured first.
  @inline(__always)
  private mutating func moveMoment(to time: Int64) {
    guard UInt64(bitPattern: time &- moment) >= UInt64(Self.errorSpan) else { return }
    let rest = time % Self.errorSpan
    moment = time &- (rest < 0 ? rest + Self.errorSpan : rest)
    momentNumber &+= 1
  }

  private mutating func error(of node: Int, clocks: borrowing ClockModel) -> Int64? {
    if node < errors.count && errors[node].moment == moment { return errors[node].error }
    while errors.count <= node { errors.append(NodeError()) }
    errors[node] = NodeError(moment: moment, error: clocks.error(of: node, at: moment))
    return errors[node].error
  }
}
