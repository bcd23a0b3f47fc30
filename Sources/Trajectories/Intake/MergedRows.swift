import CLinux

/// Rows of all sources in order, as the merge hands them to the joining, and what goes with them.
///
/// The rows stay in the memory that they were read into, which goes along once its last row was handed over, and comes
/// back once none of its rows is needed any more.
@safe
final class MergedRows: @unchecked Sendable {
  static let usualCapacity = 256
  /// Places behind the last row, so that later ones are asked for, and looked at, as if there always were any.
  private static let padding = 4

  let capacity: Int
  /// Where the rows are.
  let places: UnsafeMutablePointer<UnsafeMutablePointer<Observation>>
  /// What places are of where there is no row.
  private let noRow: UnsafeMutablePointer<Observation>
  var count = 0
  /// The table of points from here on; nil if it is the same as before.
  var table: PointTable?
  /// The frames of the rows that were put together from fragments, in order.
  var reassembled: [Trajectory.ReassembledFrames] = []
  /// Bytes of the captures that were read up to here.
  var bytesRead: UInt64 = 0
  /// Memory of which there are no rows behind these.
  var ended: [HeldRows.Ended] = []
  /// Memory that is not needed any more.
  var released: [RowBlock] = []

  init(capacity: Int = usualCapacity) {
    self.capacity = capacity
    unsafe noRow = .allocate(capacity: 1)
    unsafe noRow.initialize(to: Observation())
    unsafe places = .allocate(capacity: capacity + Self.padding)
    unsafe places.initialize(repeating: noRow, count: capacity + Self.padding)
  }

  deinit {
    unsafe places.deallocate()
    unsafe noRow.deallocate()
  }

  /// Meaningless from `count` on.
  @inline(__always)
  subscript(place: Int) -> UnsafeMutablePointer<Observation> {
    precondition(place >= 0 && place < capacity)
    // Another core may have written it.
    unsafe vxhop_prefetch(places[place &+ Self.padding])
    return unsafe places[place]
  }

  /// The row that comes soon after a place; from `count` on a row that says nothing.
  @inline(__always)
  func soon(after place: Int) -> UnsafeMutablePointer<Observation> {
    precondition(place >= 0 && place < capacity)
    return unsafe places[place &+ Self.padding / 2]
  }

  /// Forgets what is behind the last row, which may be gone: it is looked at as well.
  func fillPadding() {
    for place in count..<count + Self.padding { unsafe places[place] = noRow }
  }

  /// Gives all memory back that goes along: no row before these is needed any more, nor any of them.
  func releaseAll() { released = ended.map(\.block) }

  /// Moves the memory that came back, but for what has no room for a batch.
  func giveReleased(to spare: inout [RowBlock]) {
    while let block = released.popLast() {
      if block.isWhole { spare.append(block) }
    }
  }

  /// Forgets the rows and what goes with them.
  func removeAll() {
    count = 0
    if table != nil { table = nil }
    if !reassembled.isEmpty { reassembled.removeAll(keepingCapacity: true) }
    if !ended.isEmpty { ended.removeAll(keepingCapacity: true) }
  }
}
