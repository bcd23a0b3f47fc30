/// The offset of one node's clock from another's over the time of a capture: a line, or several where the
/// clock was set in between.
///
/// The first node's clock is the axis: a clock that was set back shows the same time twice and serves as none.
struct PairClock: Sendable {
  struct Piece: Sendable {
    /// On the first node's clock; the piece holds from here on.
    let start: Int64
    /// From the last packet before the clock was set to the first one after it.
    let step: ClosedRange<Int64>
    let feasible: FeasibleClocks
    let estimate: FeasibleClocks.Line

    init(step: ClosedRange<Int64> = .min ... .min, feasible: FeasibleClocks) {
      start = step.lowerBound &+ (step.upperBound &- step.lowerBound) / 2
      self.step = step
      self.feasible = feasible
      estimate = feasible.estimate
    }
  }

  /// Nodes by number; the offset is the second's clock less the first's.
  let nodes: (UInt16, UInt16)
  let baseTime: Int64
  let samples: Int
  private(set) var pieces: [Piece] = []
  /// Without traffic in both directions the offset is a guess that serves joining, with no error to tell.
  let isBounded: Bool
  /// Whether the second node's clock was set back: as an axis it shows more steps than the first's.
  private(set) var isSecondSetBack = false

  /// More settings of a clock than this within one capture are not told apart.
  private static let pieceLimit = 16

  /// - Parameter resolutions: steps of the two nodes' timestamps in nanoseconds.
  init?(_ pair: NodePairTimes, resolutions: (Int64, Int64)) {
    self.init(along: pair, resolutions: resolutions)
    guard pieces.count > 1,
      let other = PairClock(along: pair.reversed, resolutions: (resolutions.1, resolutions.0)),
      other.pieces.count < pieces.count
    else { return }
    self = other
    isSecondSetBack = true
  }

  /// The axis is the clock of the pair's first node.
  private init?(along pair: NodePairTimes, resolutions: (Int64, Int64)) {
    guard let base = [pair.there.first?.time, pair.back.first?.time].compactMap({ $0 }).min() else {
      return nil
    }
    nodes = pair.nodes
    baseTime = base
    samples = pair.there.count + pair.back.count
    isBounded = !pair.there.isEmpty && !pair.back.isEmpty
    if isBounded {
      fit(Self.bounds(of: pair, base: base, resolutions: resolutions), base: base)
    } else {
      let fastest = pair.there.map(\.difference).min() ?? pair.back.map(\.difference).max() ?? 0
      pieces = [Piece(feasible: FeasibleClocks(offset: Double(fastest)))]
    }
  }

  /// A clock that the user gave: an offset without drift.
  init(nodes: (UInt16, UInt16), fixedOffset: Int64) {
    self.nodes = nodes
    baseTime = 0
    samples = 0
    isBounded = true
    pieces = [Piece(feasible: FeasibleClocks(offset: Double(fixedOffset)))]
  }

  private static func bounds(
    of pair: NodePairTimes, base: Int64, resolutions: (Int64, Int64)
  ) -> [FeasibleClocks.Bound] {
    let there = pair.there.map {
      FeasibleClocks.Bound(
        time: seconds($0.time &- base), offset: Double($0.difference + resolutions.1),
        isUpper: true)
    }
    let back = pair.back.map {
      FeasibleClocks.Bound(
        time: seconds($0.time &- base), offset: Double($0.difference - resolutions.0),
        isUpper: false)
    }
    return (there + back).sorted { ($0.time, $0.offset) < ($1.time, $1.offset) }
  }

  private static func seconds(_ time: Int64) -> Double { Double(time) / 1e9 }

  /// Cuts down what is feasible bound by bound; where nothing would be left, the clock was set.
  private mutating func fit(_ bounds: [FeasibleClocks.Bound], base: Int64) {
    let offsets = bounds.map(\.offset)
    let range = (offsets.min() ?? 0)...(offsets.max() ?? 0)
    var feasible = FeasibleClocks(around: range)
    var start = 0
    for index in bounds.indices {
      if feasible.cut(by: bounds[index]) { continue }
      guard pieces.count + 1 < Self.pieceLimit else { break }
      addPiece(feasible, from: start, of: bounds, base: base)
      start = index
      feasible = FeasibleClocks(around: range)
      _ = feasible.cut(by: bounds[index])
    }
    addPiece(feasible, from: start, of: bounds, base: base)
  }

  /// Adds a piece that begins with a bound, or with one of those before it that fit both pieces: where
  /// delays are shortest altogether.
  private mutating func addPiece(
    _ feasible: FeasibleClocks, from index: Int, of bounds: [FeasibleClocks.Bound], base: Int64
  ) {
    guard let old = pieces.last else {
      pieces = [Piece(feasible: feasible)]
      return
    }
    let new = feasible.estimate
    var feasible = feasible
    var start = index
    var gain = 0.0
    var largestGain = 0.0
    for earlier in (1..<index).reversed() {
      let bound = bounds[earlier]
      guard base &+ Int64(bound.time * 1e9) > old.start, feasible.cut(by: bound) else { break }
      gain += bound.slack(of: old.estimate) - bound.slack(of: new)
      if gain > largestGain {
        largestGain = gain
        start = earlier
      }
    }
    let (last, first) = (Int64(bounds[start - 1].time * 1e9), Int64(bounds[start].time * 1e9))
    pieces.append(Piece(step: base &+ last...base &+ first, feasible: feasible))
  }

  /// Index of the piece that holds at a time of the first node's clock.
  @inline(__always)
  private func piece(at time: Int64) -> Int {
    var index = pieces.count - 1
    while index > 0 && pieces[index].start > time { index -= 1 }
    return index
  }

  /// The offset in nanoseconds at a time of the first node's clock.
  func offset(at time: Int64) -> Double {
    pieces[piece(at: time)].estimate.offset(at: Self.seconds(time &- baseTime))
  }

  /// Bound of the offset's error in nanoseconds.
  func error(at time: Int64) -> Double {
    let index = piece(at: time)
    return pieces[index].feasible.error(
      of: pieces[index].estimate, at: Self.seconds(time &- baseTime))
  }

  /// Nanoseconds a second.
  func drift(at time: Int64) -> Double { pieces[piece(at: time)].estimate.drift }

  /// A time of the second node's clock on the first's.
  func onFirst(_ time: Int64) -> Int64 {
    // The offset belongs to the time that is sought: one step nearer is near enough for any real drift.
    let near = time &- Int64(offset(at: time))
    return time &- Int64(offset(at: near))
  }

  /// The same in a piece, for a clock that was set back and shows the time in another one, too.
  func onFirst(_ time: Int64, piece: Int) -> Int64 {
    let near = time &- offset(at: time, piece: piece)
    return time &- offset(at: near, piece: piece)
  }

  /// What the second node's clock showed at the beginning and the end of a piece, by the piece's own offset.
  func spanOnSecond(ofPiece piece: Int) -> (start: Int64, end: Int64) {
    let isFirst = piece == 0
    let isLast = piece + 1 == pieces.count
    let start = pieces[piece].start
    let end = isLast ? Int64.max : pieces[piece + 1].start
    return (
      isFirst ? .min : start &+ offset(at: start, piece: piece),
      isLast ? .max : end &+ offset(at: end, piece: piece)
    )
  }

  private func offset(at time: Int64, piece: Int) -> Int64 {
    Int64(pieces[piece].estimate.offset(at: Self.seconds(time &- baseTime)))
  }

  /// A time of the first node's clock on the second's.
  func onSecond(_ time: Int64) -> Int64 { time &+ Int64(offset(at: time)) }
}
