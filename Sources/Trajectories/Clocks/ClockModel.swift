/// The clocks of all nodes, each led back to a reference node through nodes that packets crossed between.
struct ClockModel: Sendable {
  /// How a node's clock is led to its parent's.
  private struct Link: Sendable {
    var parent: Int
    var pair: PairClock
    /// Whether the node is the pair's second one.
    var isSecond: Bool
  }

  private var links: [Link?] = []
  private(set) var references: [Int] = []

  /// All clocks taken as they are.
  init() {}

  /// Makes a tree of the pairs: bounded ones first, the best known first among those.
  ///
  /// - Parameter order: nodes by name; the first of those that are connected is their reference.
  init(pairs: [PairClock], order: [Int]) {
    links = Array(repeating: nil, count: order.count)
    references = Array(0..<order.count)
    var isReached = Array(repeating: false, count: order.count)
    for root in order where !isReached[root] {
      isReached[root] = true
      while let (index, node, parent) = Self.nextLink(pairs, isReached, references, root: root) {
        isReached[node] = true
        references[node] = root
        links[node] = Link(
          parent: parent, pair: pairs[index], isSecond: Int(pairs[index].nodes.1) == node)
      }
    }
  }

  /// The best pair of which one node has been reached from the root and the other has not.
  private static func nextLink(
    _ pairs: [PairClock], _ isReached: [Bool], _ references: [Int], root: Int
  ) -> (pair: Int, node: Int, parent: Int)? {
    var best: (pair: Int, node: Int, parent: Int)?
    var bestError = Double.infinity
    for (index, pair) in pairs.enumerated() {
      let (first, second) = (Int(pair.nodes.0), Int(pair.nodes.1))
      guard isReached[first] != isReached[second] else { continue }
      let (parent, node) = isReached[first] ? (first, second) : (second, first)
      guard references[parent] == root else { continue }
      let error = pair.isBounded ? pair.error(at: pair.baseTime) : 1e18
      if error < bestError {
        best = (index, node, parent)
        bestError = error
      }
    }
    return best
  }

  /// A node's recorded time on its reference's clock.
  func corrected(_ time: Int64, node: Int) -> Int64 {
    var time = time
    var node = node
    while node < links.count, let link = links[node] {
      time = link.isSecond ? link.pair.onFirst(time) : link.pair.onSecond(time)
      node = link.parent
    }
    return time
  }

  /// A time of the reference's clock as the node would record it.
  func recorded(_ time: Int64, node: Int) -> Int64 {
    guard node < links.count, let link = links[node] else { return time }
    let onParent = recorded(time, node: link.parent)
    return link.isSecond ? link.pair.onSecond(onParent) : link.pair.onFirst(onParent)
  }

  /// Parts per million at a time of the reference's clock.
  func drift(of node: Int, at time: Int64) -> Double {
    var nanoseconds = 0.0
    var node = node
    while node < links.count, let link = links[node] {
      let drift = link.pair.drift(at: time)
      nanoseconds += link.isSecond ? drift : -drift
      node = link.parent
    }
    return nanoseconds / 1000
  }

  func samples(of node: Int) -> Int { links[node]?.pair.samples ?? 0 }

  /// Where the node's clock, or its neighbour's, was set during the capture.
  func steps(of node: Int) -> [ClockEstimate.Step] {
    guard let link = links[node] else { return [] }
    return link.pair.pieces.dropFirst().map { piece in
      let change = link.pair.offset(at: piece.start) - link.pair.offset(at: piece.start &- 1)
      return ClockEstimate.Step(
        time: piece.start, change: Int64(link.isSecond ? change : -change))
    }
  }

  /// Whether two nodes' clocks can be compared, and how wrong the comparison may be, in nanoseconds.
  ///
  /// - Parameter time: on the reference's clock.
  func error(between one: Int, and other: Int, at time: Int64) -> Int64? {
    guard let first = error(of: one, at: time), let second = error(of: other, at: time),
      one == other
        || one < references.count && other < references.count
          && references[one] == references[other]
    else { return nil }
    return one == other ? 0 : first &+ second
  }

  private func error(of node: Int, at time: Int64) -> Int64? {
    var total = 0.0
    var node = node
    while node < links.count, let link = links[node] {
      guard link.pair.isBounded else { return nil }
      total += link.pair.error(at: time)
      node = link.parent
    }
    return Int64(total.rounded(.up))
  }

  /// When, after a time, a piece of a node's clock ends: until then its correction is linear.
  func nextBreak(of node: Int, after time: Int64) -> Int64 {
    var next = Int64.max
    var ancestor = node
    while ancestor < links.count, let link = links[ancestor] {
      for piece in link.pair.pieces.dropFirst() {
        let start = corrected(piece.start, node: Int(link.pair.nodes.0))
        let shown = recorded(start, node: node)
        if shown > time { next = min(next, shown) }
      }
      ancestor = link.parent
    }
    return next
  }

  /// Times of the reference's clock between two packets of which one is from before a step of a clock,
  /// the other from after it.
  var uncertainSpans: [Range<Int64>] {
    links.compactMap { $0 }.flatMap { link in
      link.pair.pieces.dropFirst().compactMap { piece -> Range<Int64>? in
        let node = Int(link.pair.nodes.0)
        let start = corrected(piece.step.lowerBound, node: node)
        let end = corrected(piece.step.upperBound, node: node)
        return start < end ? start..<end : nil
      }
    }
  }

  /// Whether packets have told how a node's clock differs from its reference's.
  func isBounded(_ node: Int) -> Bool {
    node < links.count && links[node]?.pair.isBounded == true
  }

  /// Whether recorded times of the node are the reference's.
  func isReference(_ node: Int) -> Bool { node >= links.count || links[node] == nil }
}

/// A node's clock while its records are read in the order of time: corrects without a search.
struct RunningClock: Sendable {
  private let model: ClockModel
  private let node: Int
  private let isIdentity: Bool
  private var start: Int64 = .max
  private var end: Int64 = .min
  private var correction: Int64 = 0
  private var slope = 0.0

  /// Corrections are taken for linear over this time, in nanoseconds.
  private static let span: Int64 = 1_000_000_000

  init(_ model: ClockModel, node: Int) {
    self.model = model
    self.node = node
    isIdentity = model.isReference(node)
  }

  @inline(__always)
  mutating func corrected(_ time: Int64) -> Int64 {
    if isIdentity { return time }
    if time < start || time >= end { moveTo(time) }
    return time &+ correction &+ Int64(Double(time &- start) * slope)
  }

  private mutating func moveTo(_ time: Int64) {
    start = time
    // A step of the clock shortens the piece; one nanosecond at the least, so that reading goes on.
    end = min(time &+ Self.span, max(time &+ 1, model.nextBreak(of: node, after: time)))
    correction = model.corrected(time, node: node) &- time
    let later = model.corrected(end &- 1, node: node) &- (end &- 1)
    slope = end - 1 > start ? Double(later &- correction) / Double(end &- 1 &- start) : 0
  }
}
