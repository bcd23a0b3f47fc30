import CLinux

/// Brings the observations of all sources into one order of corrected time.
///
/// Consumes batches, adds the order: a tournament of the sources by their next rows. Rows of the same moment
/// are ordered by point name, frame and file, so that the order of the inputs does not matter.
@safe
struct ObservationMerge: ~Copyable {
  /// A source's batch and how far it has been taken from.
  @safe
  private struct Cursor {
    var rows: UnsafePointer<Observation>?
    var position = 0
    var count = 0

    @inline(__always)
    var row: UnsafePointer<Observation>? { unsafe rows.map { unsafe $0 + position } }
  }

  /// A player of the tournament: a source by the row at its cursor.
  private struct Player {
    /// Time of the row, and the place of its point among all names.
    var time: Int64
    var rank: UInt16
    var stream: UInt16

    @inline(__always)
    func isEarlier(than other: Player) -> Bool {
      if time != other.time { return time < other.time }
      return (rank, stream) < (other.rank, other.stream)
    }
  }

  private let streams: [SourceStream]
  private let readers: ReadAhead?
  private let cursors: UnsafeMutablePointer<Cursor>
  /// A tournament of the streams (Knuth, The Art of Computer Programming, volume 3, section 5.4.1): each
  /// match keeps its loser, and place 0 the winner of all, whose row is the earliest.
  private let losers: UnsafeMutablePointer<Player>
  /// Whether the winner's row has been lent already.
  private var isLent = false

  /// - Parameter readers: threads that read ahead, if there are any.
  init(_ streams: [SourceStream], readers: ReadAhead? = nil, table: inout PointTable) {
    self.streams = streams
    self.readers = readers
    unsafe cursors = .allocate(capacity: streams.count)
    unsafe losers = .allocate(capacity: streams.count + 1)
    for index in streams.indices {
      unsafe (cursors + index).initialize(to: Cursor())
      refill(index, table: &table)
    }
    // At first everybody loses against nobody, and so comes to play.
    let nobody = Player(time: .min, rank: 0, stream: .max)
    unsafe losers.initialize(repeating: nobody, count: streams.count + 1)
    for index in streams.indices { replay(player(index, table)) }
  }

  deinit {
    unsafe cursors.deallocate()
    unsafe losers.deallocate()
  }

  /// The next row in order, lent until the next call; nil at the end.
  @inline(__always)
  mutating func next(table: inout PointTable) -> UnsafePointer<Observation>? {
    if isLent { advance(table: &table) }
    guard unsafe losers[0].stream != .max else { return nil }
    let first = unsafe cursors + Int(losers[0].stream)
    isLent = unsafe first.pointee.position < first.pointee.count
    return isLent ? unsafe first.pointee.row : nil
  }

  /// Steps over the row of the winner.
  @inline(__always)
  private mutating func advance(table: inout PointTable) {
    let stream = Int(unsafe losers[0].stream)
    unsafe cursors[stream].position += 1
    if unsafe cursors[stream].position == cursors[stream].count {
      refill(stream, table: &table)
    } else if let row = unsafe cursors[stream].row {
      unsafe vxhop_prefetch(row + 3)
    }
    replay(player(stream, table))
  }

  /// A source at the end of its rows loses against all others.
  @inline(__always)
  private func player(_ stream: Int, _ table: borrowing PointTable) -> Player {
    let number = UInt16(truncatingIfNeeded: stream)
    guard unsafe cursors[stream].position < cursors[stream].count,
      let row = unsafe cursors[stream].row
    else {
      return Player(time: .max, rank: .max, stream: number)
    }
    return unsafe Player(
      time: row.pointee.correctedTime, rank: table.rank(of: row.pointee.point), stream: number)
  }

  /// Reads the stream's next batch.
  @inline(never)
  private mutating func refill(_ stream: Int, table: inout PointTable) {
    if let readers {
      readers.refill(stream, table: &table)
    } else {
      streams[stream].refill(table: &table)
    }
    unsafe cursors[stream] = Cursor(rows: streams[stream].rows, count: streams[stream].count)
  }

  /// Plays a player's matches from its place up to the root again.
  @inline(__always)
  private mutating func replay(_ player: Player) {
    var winner = player
    var match = (Int(player.stream) + streams.count) >> 1
    while match > 0 {
      let other = unsafe losers[match]
      if other.isEarlier(than: winner) {
        unsafe losers[match] = winner
        winner = other
      }
      match >>= 1
    }
    unsafe losers[0] = winner
  }
}
