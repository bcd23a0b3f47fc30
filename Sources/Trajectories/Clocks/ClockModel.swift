/// The clocks of all nodes, each led back to a reference node through nodes that packets crossed between.
struct ClockModel: Sendable {
  /// How a node's clock is led to its parent's.
  private struct Link: Sendable {
    var parent: Int
    /// Links to the reference.
    var depth: Int
    var pair: PairClock
    /// Whether the node is the pair's second one.
    var isSecond: Bool

    /// A time of the node's clock on its parent's.
    func corrected(_ time: Int64) -> Int64 {
      isSecond ? pair.onFirst(time) : pair.onSecond(time)
    }

    /// How wrong the pair's offset may be at a time of the node's clock that is another one of the parent's.
    func error(at time: Int64, onParent: Int64) -> Double {
      pair.error(at: isSecond ? onParent : time)
    }

    /// A time of the parent's clock on the node's.
    func recorded(_ time: Int64) -> Int64 {
      isSecond ? pair.onSecond(time) : pair.onFirst(time)
    }
  }

  private var links: [Link?] = []
  private(set) var references: [Int] = []

  /// All clocks taken as they are.
  init() {}

  /// Makes a tree of the pairs: bounded ones first, the best known first among those.
  ///
  /// - Parameter order: nodes by name; the first of those that are connected is their reference, unless
  ///   its clock was set back: the time that the others are led to must not be there twice.
  init(pairs: [PairClock], order: [Int]) {
    links = Array(repeating: nil, count: order.count)
    references = Array(0..<order.count)
    var isReached = Array(repeating: false, count: order.count)
    let setBack = Set(pairs.filter(\.isSecondSetBack).map { Int($0.nodes.1) })
    let roots = order.filter { !setBack.contains($0) } + order.filter(setBack.contains)
    for root in roots where !isReached[root] {
      isReached[root] = true
      while let (index, node, parent) = Self.nextLink(pairs, isReached, references, root: root) {
        isReached[node] = true
        references[node] = root
        links[node] = Link(
          parent: parent, depth: (links[parent]?.depth ?? 0) + 1, pair: pairs[index],
          isSecond: Int(pairs[index].nodes.1) == node)
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
    while let parent = parent(of: node) {
      time = links[node]?.corrected(time) ?? time
      node = parent
    }
    return time
  }

  /// The node that a node's clock is led to; nil for a reference. A link is not copied where it is only asked.
  @inline(__always)
  func parent(of node: Int) -> Int? {
    node < links.count ? links[node]?.parent : nil
  }

  /// The same by a piece of the node's clock.
  func corrected(_ time: Int64, node: Int, piece: Int) -> Int64 {
    guard let link = datedLink(of: node) else { return corrected(time, node: node) }
    return corrected(link.pair.onFirst(time, piece: piece), node: link.parent)
  }

  /// Beginning and end of each piece of a node's clock, as the node recorded them; empty if its recorded times
  /// tell by themselves which one they are of.
  func recordedPieces(of node: Int) -> [(start: Int64, end: Int64)] {
    guard let link = datedLink(of: node), link.pair.pieces.count > 1 else { return [] }
    return link.pair.pieces.indices.map(link.pair.spanOnSecond)
  }

  /// The link of a node whose pieces are dated by its parent's clock.
  private func datedLink(of node: Int) -> Link? {
    guard node < links.count, let link = links[node], link.isSecond else { return nil }
    return link
  }

  /// A time of the reference's clock as the node would record it.
  func recorded(_ time: Int64, node: Int) -> Int64 {
    guard let parent = parent(of: node) else { return time }
    let onParent = recorded(time, node: parent)
    return links[node]?.recorded(onParent) ?? onParent
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
        time: link.isSecond ? piece.start : link.pair.onSecond(piece.start),
        change: Int64(link.isSecond ? change : -change))
    }
  }

  /// How wrong a comparison of two nodes' clocks may be, in nanoseconds; nil if they cannot be compared.
  ///
  /// - Parameter time: on the reference's clock.
  func error(between one: Int, and other: Int, at time: Int64) -> Int64? {
    guard one != other else { return 0 }
    guard areComparable(one, other), let first = error(of: one, at: time),
      let second = error(of: other, at: time),
      let shared = error(of: meeting(of: one, and: other), at: time)
    else { return nil }
    return Self.error(first, second, shared: shared)
  }

  /// How wrong a comparison may be of two clocks by how wrong each may be, in nanoseconds: without what they owe
  /// to the way that they share.
  static func error(_ one: Int64, _ other: Int64, shared: Int64) -> Int64 {
    let roundedDown = max(shared &- 1, 0)
    return one &- roundedDown &+ other &- roundedDown
  }

  /// The first node on both nodes' ways to their reference; they have the same one.
  func meeting(of one: Int, and other: Int) -> Int {
    var (one, other) = (one, other)
    while one != other {
      if depth(of: one) < depth(of: other) { swap(&one, &other) }
      guard let parent = parent(of: one) else { return one }
      one = parent
    }
    return one
  }

  private func depth(of node: Int) -> Int { links[node]?.depth ?? 0 }

  /// Whether packets lead the clocks of two nodes to the same one.
  func areComparable(_ one: Int, _ other: Int) -> Bool {
    one < references.count && other < references.count && references[one] == references[other]
  }

  /// How wrong a node's clock may be, led to its reference's, in nanoseconds; nil if that is not known.
  func error(of node: Int, at time: Int64) -> Int64? { recordedMoment(time, node: node).error }

  /// A time of the reference's clock as a node would record it.
  struct RecordedMoment {
    var time: Int64
    /// How wrong the node's clock may be then, in nanoseconds; nil if that is not known.
    fileprivate var exactError: Double?

    /// On the reference itself.
    init(_ time: Int64) {
      self.time = time
      exactError = 0
    }

    var error: Int64? { exactError.map { Int64($0.rounded(.up)) } }
  }

  private func recordedMoment(_ time: Int64, node: Int) -> RecordedMoment {
    guard let parent = parent(of: node) else { return RecordedMoment(time) }
    return recordedMoment(of: node, onParent: recordedMoment(time, node: parent))
  }

  /// The same by what the node's parent would record.
  func recordedMoment(of node: Int, onParent: RecordedMoment) -> RecordedMoment {
    var moment = onParent
    moment.exactError = nil
    guard let ofParent = onParent.exactError, isBounded(node),
      let recorded = links[node]?.recorded(onParent.time),
      let own = links[node]?.error(at: recorded, onParent: onParent.time)
    else { return moment }
    moment.time = recorded
    moment.exactError = own + ofParent
    return moment
  }

  /// When, after a time, a piece ends of a node's clock or of those on its way to the reference: until then its
  /// correction is linear. `recordedPieces` are left out.
  func nextBreak(of node: Int, after time: Int64) -> Int64 {
    var next = Int64.max
    var ancestor = datedLink(of: node)?.parent ?? node
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
  private let isFollowed: Bool
  private let pieces: [(start: Int64, end: Int64)]
  private var piece = 0
  private var start: Int64 = .max
  private var end: Int64 = .min
  private var correction: Int64 = 0
  private var slope = 0.0

  /// Corrections are taken for linear over this time, in nanoseconds.
  private static let span: Int64 = 1_000_000_000
  /// The same where the clock is about to be set back: less than this is not noticed.
  private static let shortSpan: Int64 = 1_000_000

  /// - Parameter isFollowed: whether records are read as they come, so that the model's last piece is theirs.
  init(_ model: ClockModel, node: Int, isFollowed: Bool = false) {
    self.model = model
    self.node = node
    self.isFollowed = isFollowed
    isIdentity = model.isReference(node)
    pieces = model.recordedPieces(of: node)
  }

  @inline(__always)
  mutating func corrected(_ time: Int64) -> Int64 {
    if isIdentity { return time }
    if time < start || time >= end { moveTo(time) }
    return time &+ correction &+ Int64(Double(time &- start) * slope)
  }

  /// Begins at a multiple of the span, wherever reading began: the same time is corrected to the same, however
  /// captures are cut into files. Only behind a step of the clock it begins with the record that is read.
  private mutating func moveTo(_ time: Int64) {
    if !pieces.isEmpty { choosePiece(at: time) }
    let isSoonSetBack =
      piece + 1 < pieces.count && pieces[piece + 1].start <= time && time < pieces[piece].end
    let span = isSoonSetBack ? Self.shortSpan : Self.span
    let rest = time % span
    let (multiple, isOutside) = time.subtractingReportingOverflow(rest < 0 ? rest + span : rest)
    start = isOutside ? time : multiple
    end = start &+ span
    if !pieces.isEmpty {
      if time >= pieces[piece].start { start = max(start, pieces[piece].start) }
      if time < pieces[piece].end { end = min(end, pieces[piece].end) }
      if piece + 1 < pieces.count, time < pieces[piece + 1].start {
        end = min(end, pieces[piece + 1].start)
      }
    }
    var next = model.nextBreak(of: node, after: start)
    if next <= time {
      start = time
      next = model.nextBreak(of: node, after: time)
    }
    end = min(end, next)
    correction = model.corrected(start, node: node, piece: piece) &- start
    let last = end &- 1
    let later = model.corrected(last, node: node, piece: piece) &- last
    slope = last > start ? Double(later &- correction) / Double(last &- start) : 0
  }

  /// Finds the piece that a record is of. Where the clock was set back two have its time: then it is the earlier
  /// one until a record is earlier than the one before it.
  private mutating func choosePiece(at time: Int64) {
    let isFirst = start == .max
    if isFirst && isFollowed {
      piece = pieces.lastIndex { $0.start <= time } ?? 0
      return
    }
    if !isFirst && piece + 1 < pieces.count {
      let change = pieces[piece].end &- pieces[piece + 1].start
      if change > 0 && start &- time > max(change / 2, Self.shortSpan)
        && time >= pieces[piece + 1].start &- change / 2
      {
        piece += 1
        return
      }
    }
    // A step is known to lie between two packets only: what was recorded in between may be a little earlier.
    let tolerance = piece > 0 ? max(0, pieces[piece - 1].end &- pieces[piece].start) / 2 : 0
    let isBehind = !isFirst && piece > 0 && time >= pieces[piece].start &- tolerance
    piece =
      pieces.indices.first { (!isBehind || $0 >= piece) && time < pieces[$0].end }
      ?? pieces.count - 1
  }
}
