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
    var (streams, table) = try open()
    var merge = ObservationMerge(streams, table: &table)
    var lent: [Lent] = []
    while let row = merge.next(table: &table)?.pointee {
      let isReassembled = row.traits.contains(.isReassembled)
      let frames = isReassembled ? TraceAnalysis.frames(of: row, in: streams) : nil
      lent.append(Lent(row, table, frames))
    }
    return lent
  }

  /// - Parameter pauses: rows behind which the joining waits, so that the ring is full meanwhile.
  private static func mergedAhead(
    blocks: Int, of capacity: Int, pauses: Set<Int>
  ) throws -> (lent: [Lent], points: [String], isReadWhole: Bool) {
    var (streams, table) = try open()
    let merge = ObservationMerge(streams, table: &table)
    let ahead = MergeAhead(
      streams, merge: merge, table: table, blockCount: blocks, blockCapacity: capacity)
    var lent: [Lent] = []
    if pauses.contains(0) { usleep(20_000) }
    while let row = ahead.next(table: &table)?.pointee {
      let frames = row.traits.contains(.isReassembled) ? ahead.takeFrames() : nil
      lent.append(Lent(row, table, frames))
      if pauses.contains(lent.count) { usleep(20_000) }
    }
    let points = ahead.finish().points.map(\.name)
    let size = captures.reduce(0) { $0 + UInt64($1.count) }
    return (lent, points, ahead.bytesRead == size)
  }

  /// A ring that is full most of the time, one that is empty most of the time, and the usual one.
  @Test(arguments: [(1, 1), (1, 7), (2, 1), (2, 3), (3, 16), (16, 256)])
  func rowsAreThoseOfOneThread(_ ring: (blocks: Int, capacity: Int)) throws {
    let expected = try Self.merged()
    let room = ring.blocks * ring.capacity
    #expect(ring.blocks == 16 || expected.count > 10 * room)
    #expect(Set(expected.map(\.points.count)).count > 4)
    #expect(expected.contains { $0.frames != nil })
    for pauses in [[], [0], [0, room, room + 1, expected.count / 2, expected.count - 1]] {
      let ahead = try Self.mergedAhead(
        blocks: ring.blocks, of: ring.capacity, pauses: Set(pauses))
      let isSame = ahead.lent == expected
      #expect(isSame, "pauses: \(pauses)")
      #expect(ahead.points == expected.last?.points)
      #expect(ahead.isReadWhole)
    }
  }
}
