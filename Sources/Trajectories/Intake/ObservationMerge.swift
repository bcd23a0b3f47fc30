import CLinux

/// Brings the observations of all sources into one order of corrected time.
///
/// Consumes batches, adds the order: a tournament of the sources by their next rows. Rows of the same moment
/// are ordered by point name, frame and file, so that the order of the inputs does not matter.
@safe
struct ObservationMerge: ~Copyable {
  /// The rows of a source's batch that have not been taken yet; none at the end of the source.
  @safe
  private struct Cursor {
    var row: UnsafePointer<Observation>
    var end: UnsafePointer<Observation>

    @inline(__always)
    var isAtEnd: Bool { unsafe row == end }
  }

  /// A player of the tournament: a source by the time of the row at its cursor.
  private struct Player {
    static let nobody = -1
    static let everybody = -2

    var time: Int64
    var stream: Int

    /// One of two, without a branch: who wins cannot be foreseen.
    @inline(__always)
    static func choose(_ isFirst: Bool, _ first: Player, _ second: Player) -> Player {
      Player(
        time: Int64(vxhop_choose(isFirst, Int(first.time), Int(second.time))),
        stream: vxhop_choose(isFirst, first.stream, second.stream))
    }
  }

  private let streams: [SourceStream]
  private let readers: ReadAhead?
  private let cursors: UnsafeMutablePointer<Cursor>
  /// A tournament of the streams (Knuth, The Art of Computer Programming, volume 3, section 5.4.1): each
  /// match keeps its loser, and place 0 the winner of all, whose row is the earliest.
  private let losers: UnsafeMutablePointer<Player>
  /// The stream whose batch ended with the row that was lent last, or nobody; everybody at the end of all.
  private var spent = Player.nobody

  /// - Parameter readers: threads that read ahead, if there are any.
  init(_ streams: [SourceStream], readers: ReadAhead? = nil, table: inout PointTable) {
    self.streams = streams
    self.readers = readers
    unsafe cursors = .allocate(capacity: streams.count)
    unsafe losers = .allocate(capacity: streams.count + 1)
    // At first everybody loses against nobody, and so comes to play.
    let nobody = Player(time: .min, stream: Player.nobody)
    unsafe losers.initialize(repeating: nobody, count: streams.count + 1)
    var players: [Player] = []
    for index in streams.indices {
      players.append(Player(time: refill(index, table: &table), stream: index))
    }
    for player in players { replay(player, &table) }
    noteEnd()
  }

  deinit {
    unsafe cursors.deallocate()
    unsafe losers.deallocate()
  }

  /// The next row in order, lent until the next call; nil at the end.
  @inline(__always)
  mutating func next(table: inout PointTable) -> UnsafePointer<Observation>? {
    if spent != Player.nobody, !refillSpent(&table) { return nil }
    let stream = unsafe losers[0].stream
    let row = unsafe cursors[stream].row
    let following = unsafe row + 1
    // Another core may have written it.
    unsafe vxhop_prefetch(row + 4)
    unsafe cursors[stream].row = following
    if unsafe cursors[stream].isAtEnd {
      spent = stream
    } else {
      let time = unsafe following.pointee.correctedTime
      replay(Player(time: time, stream: stream), &table)
    }
    return unsafe row
  }

  /// Reads on in the source whose batch ended; false if all sources have ended.
  @inline(never)
  private mutating func refillSpent(_ table: inout PointTable) -> Bool {
    if spent != Player.everybody {
      let stream = spent
      spent = Player.nobody
      replay(Player(time: refill(stream, table: &table), stream: stream), &table)
      noteEnd()
    }
    return spent == Player.nobody
  }

  /// Notes if no source has rows any more: one that has ended wins against its like only.
  private mutating func noteEnd() {
    let winner = unsafe losers[0].stream
    if unsafe winner == Player.nobody || cursors[winner].isAtEnd { spent = Player.everybody }
  }

  /// Reads the stream's next batch; returns the time of its first row. A source at its end loses against all
  /// others.
  @inline(never)
  private mutating func refill(_ stream: Int, table: inout PointTable) -> Int64 {
    if let readers {
      readers.refill(stream, table: &table)
    } else {
      streams[stream].refill(table: &table)
    }
    let row = unsafe streams[stream].rows
    let end = unsafe row + streams[stream].count
    unsafe (cursors + stream).initialize(to: Cursor(row: row, end: end))
    return unsafe row == end ? .max : row.pointee.correctedTime
  }

  /// Plays a player's matches from its place up to the root again.
  ///
  /// - Parameter table: only read, like all of it that follows; `inout`, for it would be copied otherwise.
  @inline(__always)
  private mutating func replay(_ player: Player, _ table: inout PointTable) {
    var winner = player
    var match = (player.stream &+ streams.count) >> 1
    while match > 0 {
      let other = unsafe losers[match]
      let isWon =
        other.time == winner.time
        ? isBefore(other, winner, &table) : other.time < winner.time
      unsafe losers[match] = Player.choose(isWon, winner, other)
      winner = Player.choose(isWon, other, winner)
      match >>= 1
    }
    unsafe losers[0] = winner
  }

  /// Whether a row comes before another of the same moment.
  @inline(never)
  private mutating func isBefore(
    _ one: Player, _ other: Player, _ table: inout PointTable
  ) -> Bool {
    (rank(one, &table), one.stream) < (rank(other, &table), other.stream)
  }

  /// The place of a player's point among all names.
  private mutating func rank(_ player: Player, _ table: inout PointTable) -> Int {
    guard player.stream != Player.nobody else { return -1 }
    guard unsafe !cursors[player.stream].isAtEnd else { return .max }
    return unsafe Int(table.rank(of: cursors[player.stream].row.pointee.point))
  }
}
