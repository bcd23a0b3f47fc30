/// What was read, over all inputs and for each point.
package struct AnalysisTotals: Sendable {
  package var files = 0
  package var frames: UInt64 = 0
  package var observations: UInt64 = 0
  package var malformedCount: UInt64 = 0
  /// The first malformed frames of each input.
  package var malformed: [MalformedFrame] = []
  /// Frames of link types that are not supported, by file and link type.
  package var unsupported: [(file: UInt16, linkType: UInt16, frames: UInt64)] = []
  /// Packets judged early because the window was full, and found incomplete.
  package var evicted: UInt64 = 0
  /// What single frames told beside the ways of packets.
  package var evidence = PacketEvidence()
  private var counters: [UInt16: PointCounters] = [:]
  private var filesOfPoint: [UInt16: [UInt16]] = [:]

  package init() {}

  package func counters(of point: UInt16) -> PointCounters { counters[point] ?? PointCounters() }

  /// Files that hold records of a point, by number, in the order of the command line.
  package func files(of point: UInt16) -> [UInt16] { filesOfPoint[point] ?? [] }

  mutating func add(_ intake: SourceIntake) {
    files += 1
    malformedCount += intake.malformedCount
    malformed.append(contentsOf: intake.malformed)
    evidence.add(intake.evidence)
    for (linkType, frames) in intake.unsupportedFrames.sorted(by: { $0.key < $1.key }) {
      unsupported.append((intake.file, linkType, frames))
    }
    for local in intake.points {
      frames += local.counters.frames
      observations += local.counters.observations
      counters[local.point, default: PointCounters()].add(local.counters)
      if filesOfPoint[local.point, default: []].last != intake.file {
        filesOfPoint[local.point, default: []].append(intake.file)
      }
    }
  }
}
