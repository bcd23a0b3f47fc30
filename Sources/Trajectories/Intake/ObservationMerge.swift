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
  /// Whether rows may be held back while others are read.
  private let mayWait: Bool
  private let cursors: UnsafeMutablePointer<Cursor>
  /// A tournament of the streams (Knuth, The Art of Computer Programming, volume 3, section 5.4.1): each
  /// match keeps its loser, and place 0 the winner of all, whose row is the earliest.
  private let losers: UnsafeMutablePointer<Player>
  /// The stream whose batch ended with the row that was taken last, or nobody; everybody at the end of all.
  private var spent = Player.nobody
  private(set) var table: PointTable
  /// Revision of the table that went along last; -1 before the first.
  private var revision = -1
  /// Rows that were handed over.
  private var count = 0
  /// Bytes of the captures that were read.
  private var bytesRead: UInt64 = 0
  /// Memory that was taken from batches and came back.
  private var spare: [RowBlock] = []
  /// Copies of short batches, by stream.
  private var short: [RowBlock?]

  /// - Parameters:
  ///   - readers: threads that read ahead, if there are any.
  ///   - mayWait: whether rows may be held back while others are read, which of a stream may never come.
  init(
    _ streams: [SourceStream], readers: ReadAhead? = nil, mayWait: Bool = true, table: PointTable
  ) {
    self.streams = streams
    self.readers = readers
    self.mayWait = mayWait
    self.table = table
    short = Array(repeating: nil, count: streams.count)
    unsafe cursors = .allocate(capacity: streams.count)
    unsafe losers = .allocate(capacity: streams.count + 1)
    // At first everybody loses against nobody, and so comes to play.
    let nobody = Player(time: .min, stream: Player.nobody)
    unsafe losers.initialize(repeating: nobody, count: streams.count + 1)
    var players: [Player] = []
    for index in streams.indices { players.append(Player(time: refill(index), stream: index)) }
    for player in players { replay(player) }
    bytesRead = streams.reduce(0) { $0 + $1.bytesRead }
    noteEnd()
  }

  deinit {
    unsafe cursors.deallocate()
    unsafe losers.deallocate()
  }

  /// The next rows in order, as far as there is room and they belong to one table of points; nil at the end.
  ///
  /// - Parameter joined: to be filled anew. Of its rows' memory only what it says is released is used again.
  mutating func next(giving joined: MergedRows?) -> MergedRows? {
    let rows = joined ?? MergedRows()
    return fill(rows) ? rows : nil
  }

  /// Fills in the next rows; false at the end.
  mutating func fill(_ rows: MergedRows) -> Bool {
    rows.giveReleased(to: &spare)
    rows.removeAll()
    bringTable(with: rows)
    // Own copies: of the properties each use would be a look into memory.
    let (places, capacity) = unsafe (rows.places, rows.capacity)
    let (cursors, losers) = unsafe (self.cursors, self.losers)
    let streamCount = streams.count
    var place = 0
    while place < capacity {
      if spent != Player.nobody {
        guard refillSpent(into: rows, filled: place) else { break }
      }
      let stream = unsafe losers[0].stream
      let row = unsafe cursors[stream].row
      let following = unsafe row + 1
      // With many sources it is long before this one's next row is looked at; behind its last one nothing comes of it.
      unsafe vxhop_prefetch(following + 1)
      unsafe places[place] = UnsafeMutablePointer(mutating: row)
      place &+= 1
      if unsafe row.pointee.traits.contains(.isReassembled) {
        unsafe note(row, of: stream, in: rows)
      }
      unsafe cursors[stream].row = following
      if unsafe cursors[stream].isAtEnd {
        spent = stream
      } else {
        let time = unsafe following.pointee.correctedTime
        unsafe replay(
          Player(time: time, stream: stream), among: losers, streamCount: streamCount)
      }
    }
    count += place
    rows.count = place
    rows.fillPadding()
    rows.bytesRead = bytesRead
    return place > 0 || !rows.ended.isEmpty
  }

  /// Reads on in the source whose batch ended; false if all sources have ended, or if there are rows already that may
  /// not wait or go with another table of points.
  @inline(never)
  private mutating func refillSpent(into rows: MergedRows, filled: Int) -> Bool {
    guard mayWait || filled == 0 else { return false }
    if spent != Player.everybody {
      let stream = spent
      spent = Player.nobody
      if let block = short[stream]
        ?? streams[stream].takeRows(for: spare.popLast() ?? RowBlock())
      {
        rows.ended.append(HeldRows.Ended(block: block, end: count + filled))
      }
      let bytesBefore = streams[stream].bytesRead
      replay(Player(time: refill(stream), stream: stream))
      bytesRead &+= streams[stream].bytesRead &- bytesBefore
      noteEnd()
    }
    guard spent == Player.nobody else { return false }
    if filled == 0 { bringTable(with: rows) }
    return table.revision == revision
  }

  /// Lets the table of points go along if it changed.
  private mutating func bringTable(with rows: MergedRows) {
    guard table.revision != revision else { return }
    revision = table.revision
    rows.table = table
  }

  /// Notes which frames a row was put together from.
  @inline(never)
  private mutating func note(
    _ row: UnsafePointer<Observation>, of stream: Int, in rows: MergedRows
  ) {
    let frame = unsafe row.pointee.frame
    guard let frames = streams[stream].frames(of: frame) else { return }
    rows.reassembled.append(
      Trajectory.ReassembledFrames(file: streams[stream].file, first: frame, frames: frames))
  }

  /// Notes if no source has rows any more: one that has ended wins against its like only.
  private mutating func noteEnd() {
    let winner = unsafe losers[0].stream
    if unsafe winner == Player.nobody || cursors[winner].isAtEnd { spent = Player.everybody }
  }

  /// Reads the stream's next batch; returns the time of its first row. A source at its end loses against all
  /// others.
  @inline(never)
  private mutating func refill(_ stream: Int) -> Int64 {
    if let readers {
      readers.refill(stream, table: &table)
    } else {
      streams[stream].refill(table: &table)
    }
    let count = streams[stream].count
    short[stream] = unsafe RowBlock(copyOf: streams[stream].rows, count: count)
    let row = unsafe short[stream].map { unsafe UnsafePointer($0.rows) } ?? streams[stream].rows
    let end = unsafe row + count
    unsafe (cursors + stream).initialize(to: Cursor(row: row, end: end))
    return unsafe row == end ? .max : row.pointee.correctedTime
  }

  @inline(never)
  private mutating func replay(_ player: Player) {
    unsafe replay(player, among: losers, streamCount: streams.count)
  }

  /// Plays a player's matches from its place up to the root again.
  @inline(__always)
  private mutating func replay(
    _ player: Player, among losers: UnsafeMutablePointer<Player>, streamCount: Int
  ) {
    var winner = player
    var match = (player.stream &+ streamCount) >> 1
    while match > 0 {
      let other = unsafe losers[match]
      let isWon =
        other.time == winner.time ? isBefore(other, winner) : other.time < winner.time
      unsafe losers[match] = Player.choose(isWon, winner, other)
      winner = Player.choose(isWon, other, winner)
      match >>= 1
    }
    unsafe losers[0] = winner
  }

  /// Whether a row comes before another of the same moment. It only reads, but were it not `mutating` the compiler would
  /// copy all properties for each call.
  @inline(never)
  private mutating func isBefore(_ one: Player, _ other: Player) -> Bool {
    (rank(one), one.stream) < (rank(other), other.stream)
  }

  /// The place of a player's point among all names.
  private mutating func rank(_ player: Player) -> Int {
    guard player.stream != Player.nobody else { return -1 }
    guard unsafe !cursors[player.stream].isAtEnd else { return .max }
    return unsafe Int(table.rank(of: cursors[player.stream].row.pointee.point))
  }
}
