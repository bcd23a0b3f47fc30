import Captures
import Glibc
import TestSupport
import Testing
import Topology

@testable import Trajectories

/// A merge in a thread of its own against one in the same thread: row by row the same, with the same table.
struct MergeAheadTests {
  /// What the joining gets with a row.
  private struct Lent: Equatable {
    let file: UInt16
    let frame: UInt64
    let time: Int64
    let identity: UInt64
    let endpoints: UInt64
    let place: UInt64
    /// Points that the table knows by then.
    let points: [String]
    let frames: [UInt64]?

    init(
      _ row: Observation, _ table: PointTable, _ frames: Trajectory.ReassembledFrames?
    ) {
      (file, frame, time) = (row.file, row.frame, row.correctedTime)
      (identity, endpoints, place) = (row.identity, row.endpointsHash, row.placeHash)
      points = table.points.map(\.name)
      self.frames = frames?.frames
    }
  }

  /// A datagram as a VXLAN packet of two fragments, or as it is.
  private static func frames(_ number: Int, isFragmented: Bool) -> [[UInt8]] {
    var packet = HandmadePacket(identification: UInt16(number))
    packet.payload = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 60)
    let (near, far) = (HandmadeNetwork.mac(1, 3), HandmadeNetwork.mac(2, 3))
    let frame = packet.frame(from: near, to: far, timeToLive: 63)
    guard isFragmented else { return [frame] }
    var outer = HandmadePacket(identification: UInt16(number))
    outer.destinationPort = 8472
    outer.payload = [0x08, 0, 0, 0, 0, 0, 1, 0] + frame
    return [0..<64, 64..<8 + outer.payload.count].map { fragment in
      outer.fragment = fragment
      return outer.frame(from: near, to: far, timeToLive: 64)
    }
  }

  /// A capture of many interfaces, each of which is described before its first packet, and one of packets in between.
  private static let captures: [[UInt8]] = {
    var interfaces = PcapngBytes()
    interfaces.section(.little)
    var others = PcapBytes()
    for number in 0..<900 {
      let time = UInt32(number * 10)
      if number % 30 == 0 { interfaces.interface(options: [(2, Array("eth\(number / 30)".utf8))]) }
      for (place, frame) in frames(number, isFragmented: number % 7 == 0).enumerated() {
        interfaces.enhancedPacket(
          interface: UInt32(number % (number / 30 + 1)), timestamp: UInt64(time) + UInt64(place),
          frame)
      }
      for frame in frames(number, isFragmented: false) {
        others.append(seconds: 0, fraction: time + UInt32(number % 5), frame)
      }
    }
    return [interfaces.bytes, others.bytes]
  }()

  /// The captures, of which nothing was read yet, and the points known by then.
  private static func open() throws -> (streams: [SourceStream], table: PointTable) {
    let files = try captures.map { try TemporaryFile($0) }
    let naming = PointNaming(nodes: [], interfaces: [])
    let words = ["n1=\(files[0].path)", "n2/eth0=\(files[1].path)"]
    let analysis = TraceAnalysis(
      inputs: words.map { TraceInput(name: InputName($0) { _ in false }, naming: naming) },
      options: AnalysisOptions())
    var table = PointTable()
    let streams = try files.enumerated().map { file, capture in
      var source = CaptureSource(
        reader: try CaptureReader(path: capture.path),
        intake: analysis.makeIntake(file: UInt16(file)), recordLimit: .max)
      source.addPoints(to: &table)
      return SourceStream(source: source)
    }
    return (streams, table)
  }

  private static func merged() throws -> [Lent] {
    let (streams, table) = try open()
    var merge = ObservationMerge(streams, table: table)
    var reader = Reader(table)
    // All rows are kept until the last one was read.
    var all: [MergedRows] = []
    while let rows = merge.next(giving: nil) { all.append(rows) }
    for rows in all { reader.read(rows) }
    return reader.lent
  }

  /// Reads rows as the joining does.
  private struct Reader {
    var table: PointTable
    var held = HeldRows()
    var lent: [Lent] = []
    var bytesRead: UInt64 = 0

    init(_ table: PointTable) {
      self.table = table
    }

    mutating func read(_ rows: MergedRows) {
      if let newer = rows.table { table = newer }
      held.hold(rows.ended)
      bytesRead = rows.bytesRead
      var reassembled = rows.reassembled[...]
      for place in 0..<rows.count {
        let row = rows[place].pointee
        let frames = row.traits.contains(.isReassembled) ? reassembled.popFirst() : nil
        lent.append(Lent(row, table, frames))
      }
    }
  }

  /// - Parameters:
  ///   - kept: rows that are said to be still needed when the next ones are asked for.
  ///   - pauses: rows behind which the joining waits, so that as many are merged as may be meanwhile.
  private static func mergedAhead(
    limit: Int, of capacity: Int, keeping kept: Int, pauses: Set<Int>
  ) throws -> (lent: [Lent], points: [String], isReadWhole: Bool) {
    let (streams, table) = try open()
    let readers = ReadAhead(streams, threadCount: kept % 2)
    defer { readers.finish() }
    var merge: ObservationMerge? = ObservationMerge(streams, readers: readers, table: table)
    let ahead = MergeAhead(&merge, readers: readers, limit: limit, capacity: capacity)
    var reader = Reader(table)
    var joined: MergedRows?
    var kepts: [(row: UnsafeMutablePointer<Observation>, seen: Lent)] = []
    if pauses.contains(0) { usleep(20_000) }
    while let rows = ahead.next(giving: joined) {
      let start = reader.lent.count
      reader.read(rows)
      // What is needed still says what it said.
      for (row, seen) in kepts {
        #expect(row.pointee.frame == seen.frame && row.pointee.identity == seen.identity)
      }
      for place in 0..<rows.count { kepts.append((rows[place], reader.lent[start + place])) }
      kepts.removeFirst(max(0, kepts.count - kept))
      reader.held.release(before: reader.lent.count - kept, to: &rows.released)
      joined = rows
      if pauses.contains(where: { (start..<reader.lent.count).contains($0) }) { usleep(20_000) }
    }
    let points = ahead.finish().points.map(\.name)
    let size = captures.reduce(0) { $0 + UInt64($1.count) }
    return (reader.lent, points, reader.bytesRead == size)
  }

  /// Whether all rows of streams are handed over before any are waited for, which may never come.
  @Test(arguments: [true, false])
  func rowsWaitForOthersOnlyWhereTheyMay(mayWait: Bool) throws {
    let (streams, table) = try Self.open()
    var merge = ObservationMerge(streams, mayWait: mayWait, table: table)
    var reader = Reader(table)
    var readWithRowsAtHand = 0
    while let rows = merge.next(giving: nil) {
      let handedOver = reader.lent.count
      readWithRowsAtHand += rows.ended.count { $0.end > handedOver }
      reader.read(rows)
    }
    #expect((readWithRowsAtHand > 0) == mayWait)
    let isSame = try reader.lent == Self.merged()
    #expect(isSame)
  }

  /// Of few rows ahead, which are all there most of the time or none, and of the usual number; with few rows kept, and
  /// with more than there are.
  @Test(
    arguments: [(1, 1), (1, 7), (2, 1), (2, 3), (3, 16), (16, 256)], [0, 1, 300, 5000])
  func rowsAreThoseOfOneThread(_ ahead: (limit: Int, capacity: Int), kept: Int) throws {
    let expected = try Self.merged()
    let room = ahead.limit * ahead.capacity
    #expect(ahead.limit == 16 || expected.count > 10 * room)
    #expect(Set(expected.map(\.points.count)).count > 4)
    #expect(expected.contains { $0.frames != nil })
    for pauses in [[], [0], [0, room, room + 1, expected.count / 2, expected.count - 1]] {
      let merged = try Self.mergedAhead(
        limit: ahead.limit, of: ahead.capacity, keeping: kept, pauses: Set(pauses))
      let isSame = merged.lent == expected
      #expect(isSame, "pauses: \(pauses)")
      #expect(merged.points == expected.last?.points)
      #expect(merged.isReadWhole)
    }
  }
}
