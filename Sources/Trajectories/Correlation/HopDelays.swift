/// Measures how long a packet took from each hop of its path to the next.
struct HopDelays: ~Copyable {
  /// What lies between a hop and the hop of the path before it.
  struct Step {
    enum Kind: UInt8 {
      /// The hop is not on the path.
      case aside
      /// The path begins here.
      case first
      case withinNode, betweenNodes
    }

    /// The coarser timestamp step of both ends, in nanoseconds.
    var resolution: Int64 = 0
    /// How wrong a comparison of both nodes' clocks may be in a moment, in nanoseconds, if that is known.
    var error: Int64 = 0
    var isErrorKnown = false
    var moment: UInt32 = 0
    /// The nodes of both ends.
    var from: UInt16 = 0
    var to: UInt16 = 0
    var kind = Kind.aside
  }

  /// When the hop of the path before was seen, in nanoseconds.
  private struct Times {
    var recorded: Int64 = 0
    var corrected: Int64 = 0
  }

  /// The ways whose steps are remembered, by their numbers, each at a place that its number names.
  private let ways = FixedTable<512, UInt32>()
  /// The steps of each way; behind them room for those of a packet whose way is not kept.
  private let steps = FixedTable<8208, Step>()
  private static let limit = PathShapes.memberLimit

  /// A moment, and what a node's clock showed then.
  private struct NodeMoment {
    var moment = Int64.min
    var recorded = ClockModel.RecordedMoment(0)
  }

  /// What was worked out last for each node, as far as it was asked for, or a node whose clock is led to its.
  private var nodes: [NodeMoment] = []
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
  private var momentNumber: UInt32 = 1
  private static let pairCount = 256

  /// A clock's error changes slowly: it is worked out anew after this time, in nanoseconds.
  private static let errorSpan: Int64 = 10_000_000

  /// - Parameter way: number of the way that the packet has in common with others; 0 for none.
  @inline(__always)
  mutating func measure(
    _ hops: inout [Hop], way: UInt32, table: borrowing PointTable, clocks: borrowing ClockModel
  ) {
    let place = Int(truncatingIfNeeded: way) & (ways.count - 1)
    if way != 0 && ways[place] == way {
      var hops = hops.mutableSpan
      _ = measure(&hops, steps: place &* Self.limit, after: Times(), clocks: clocks)
    } else {
      learn(&hops, way: way, at: place, table: table, clocks: clocks)
    }
  }

  /// Measures by the steps from a place on. Returns when the last hop of the path was seen.
  @inline(never)
  private mutating func measure(
    _ hops: inout MutableSpan<Hop>, steps place: Int, after times: Times,
    clocks: borrowing ClockModel
  ) -> Times {
    var (recorded, corrected) = (times.recorded, times.corrected)
    var index = 0
    while index < hops.count {
      var delay: Int64?
      var delayError: Int64?
      let kind = steps[place &+ index].kind
      if case .withinNode = kind {
        delay = hops[index].observation.time &- recorded
        delayError = steps[place &+ index].resolution
      } else if case .betweenNodes = kind {
        moveMoment(to: corrected)
        if steps[place &+ index].moment != momentNumber { renew(place &+ index, clocks: clocks) }
        // Two nodes have two clocks: without an estimate of their offset there is no delay to tell.
        if steps[place &+ index].isErrorKnown {
          delay = hops[index].observation.correctedTime &- corrected
          delayError = steps[place &+ index].error &+ steps[place &+ index].resolution
        }
      }
      hops[index].delay = delay
      hops[index].delayError = delayError
      if kind != .aside {
        recorded = hops[index].observation.time
        corrected = hops[index].observation.correctedTime
      }
      index &+= 1
    }
    return Times(recorded: recorded, corrected: corrected)
  }

  /// Works out the steps of a packet and measures by them. They hold for all packets of its way: a way has another
  /// number as soon as a point changes.
  @inline(never)
  private mutating func learn(
    _ hops: inout [Hop], way: UInt32, at wayPlace: Int, table: borrowing PointTable,
    clocks: borrowing ClockModel
  ) {
    let isKept = way != 0 && hops.count <= Self.limit
    let place = (isKept ? wayPlace : ways.count) * Self.limit
    if isKept { ways[wayPlace] = way }
    var times = Times()
    var before: PointTable.Place?
    guard hops.count > Self.limit else {
      for index in hops.indices {
        steps[place + index] = Self.step(to: hops[index], after: &before, table: table)
      }
      var hops = hops.mutableSpan
      _ = measure(&hops, steps: place, after: times, clocks: clocks)
      return
    }
    for start in stride(from: 0, to: hops.count, by: Self.limit) {
      let range = start..<min(start + Self.limit, hops.count)
      for index in range {
        steps[place + index - start] = Self.step(to: hops[index], after: &before, table: table)
      }
      var part = Array(hops[range])
      var span = part.mutableSpan
      times = measure(&span, steps: place, after: times, clocks: clocks)
      hops.replaceSubrange(range, with: part)
    }
  }

  private static func step(
    to hop: borrowing Hop, after before: inout PointTable.Place?, table: borrowing PointTable
  ) -> Step {
    var step = Step()
    guard case .path = hop.kind else { return step }
    let here = table.place(of: hop.observation.point)
    step.kind = .first
    if let before {
      step.kind = before.node == here.node ? .withinNode : .betweenNodes
      step.from = before.node
      step.to = here.node
      step.resolution = max(before.resolution, here.resolution)
    }
    before = here
    return step
  }

  /// Works out anew how wrong the clocks at both ends of a step may be.
  @inline(never)
  private mutating func renew(_ place: Int, clocks: borrowing ClockModel) {
    let error = error(between: steps[place].from, and: steps[place].to, clocks: clocks)
    steps[place].isErrorKnown = error != nil
    steps[place].error = error ?? 0
    steps[place].moment = momentNumber
  }

  private mutating func error(
    between one: UInt16, and other: UInt16, clocks: borrowing ClockModel
  ) -> Int64? {
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
    let meeting = clocks.meeting(of: one, and: other)
    guard let first = recordedMoment(of: one, clocks: clocks).error,
      let second = recordedMoment(of: other, clocks: clocks).error,
      let shared = recordedMoment(of: meeting, clocks: clocks).error
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

  private mutating func recordedMoment(
    of node: Int, clocks: borrowing ClockModel
  ) -> ClockModel.RecordedMoment {
    if node < nodes.count && nodes[node].moment == moment { return nodes[node].recorded }
    while nodes.count <= node { nodes.append(NodeMoment()) }
    var recorded = ClockModel.RecordedMoment(moment)
    if let parent = clocks.parent(of: node) {
      let onParent = recordedMoment(of: parent, clocks: clocks)
      recorded = clocks.recordedMoment(of: node, onParent: onParent)
    }
    nodes[node] = NodeMoment(moment: moment, recorded: recorded)
    return recorded
  }
}
