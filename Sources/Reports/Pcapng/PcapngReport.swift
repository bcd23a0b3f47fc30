package import Packets
import Topology
package import Trajectories

/// All sightings of the selected packets as one capture, for Wireshark: inner frames, an interface for
/// each point, corrected times, and the same `epb_packetid` for the same packet.
///
/// Frames are read a second time from their captures, in the order of corrected time.
package final class PcapngReport: TraceReport {
  /// A sighting that waits for its place in the order of time.
  private struct Sighting {
    let time: Int64
    let order: UInt64
    let packet: UInt64
    let row: Observation
    let comment: [UInt8]
  }

  /// Sightings gathered before those that nothing earlier can follow are written.
  private static let batch = 4096
  /// Packets come in the order of their first sightings, by clocks that are known to within this.
  private static let slack: Int64 = 1_000_000_000

  private let selection: PacketSelection
  private let frames: FrameArchive
  private var writer: FrameWriter
  private var names: TextNames
  private var pending: [Sighting] = []
  private var order: UInt64 = 0
  private var written = 0
  /// Frames that could not be read again, which only a capture that changed meanwhile has.
  package private(set) var missingFrames: UInt64 = 0

  /// - Parameters:
  ///   - files: the inputs' paths as given, by number; each a regular file.
  ///   - addresses: the names of addresses.
  ///   - decoding: as the captures were read.
  package init(
    files: [String], addresses: AddressNames = AddressNames(), selection: PacketSelection = .all,
    decoding: DecodingOptions, sink: OutputSink
  ) {
    self.selection = selection
    names = TextNames(files: files, addresses: addresses)
    frames = FrameArchive(paths: files, decoding: decoding)
    writer = FrameWriter(sink: sink)
  }

  package func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    guard selection.includes(trajectory, after: written) else { return }
    written += 1
    names.update(from: points)
    writer.describe(points, isEthernet: frames.hasEthernet)
    let comments = HopComment(names: names)
    for index in trajectory.hops.indices {
      let row = trajectory.hops[index].observation
      let comment = Array(comments.text(for: index, of: trajectory).utf8)
      pending.append(
        Sighting(
          time: row.correctedTime, order: order, packet: trajectory.number, row: row,
          comment: comment))
      order += 1
    }
    if pending.count >= Self.batch {
      write(before: trajectory.origin.correctedTime &- Self.slack)
    }
  }

  package func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    writer.describe(points, isEthernet: frames.hasEthernet)
    write(before: .max)
    writer.flush()
  }

  private func write(before limit: Int64) {
    pending.sort { ($0.time, $0.order) < ($1.time, $1.order) }
    let count = pending.firstIndex { $0.time >= limit } ?? pending.count
    for sighting in pending[..<count] {
      let isFound = frames.withInnerFrame(of: sighting.row) { inner in
        writer.write(
          inner, of: sighting.row.point, time: sighting.time, packet: sighting.packet,
          comment: sighting.comment)
      }
      if !isFound { missingFrames += 1 }
    }
    pending.removeFirst(count)
  }
}
