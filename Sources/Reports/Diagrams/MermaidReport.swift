import Packets
package import Trajectories

/// A sequence diagram of some packets in Mermaid's language, for tickets and Markdown: a participant
/// for each point, an arrow for each leg, a cross where a packet was lost.
package final class MermaidReport: TraceReport {
  /// More than this nobody can look at in one diagram.
  private static let packetLimit = 50

  private var buffer: OutputBuffer
  private var names: TextNames
  private var shelf: PacketShelf
  private var trajectories: [Trajectory] = []
  private var isCut = false

  /// - Parameters:
  ///   - files: the inputs' paths as given, by number.
  ///   - addresses: the names of addresses.
  ///   - selection: which packets to draw; nil for a few that show most.
  package init(
    files: [String], addresses: AddressNames = AddressNames(), selection: PacketSelection? = nil,
    sink: OutputSink
  ) {
    buffer = OutputBuffer(sink: sink)
    names = TextNames(files: files, addresses: addresses)
    shelf = PacketShelf(selection: selection)
  }

  package func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    if shelf.isFull { isCut = true } else { shelf.add(trajectory) }
  }

  package func finish(_ facts: AnalysisFacts, points: borrowing PointTable) {
    names.update(from: points)
    let packets = shelf.final(isFew: true)
    trajectories = Array(packets.prefix(Self.packetLimit))
    isCut = isCut || packets.count > Self.packetLimit
    line("sequenceDiagram")
    writeParticipants(PointOrder.ordered(points))
    for trajectory in trajectories { write(trajectory) }
    if isCut { line("  %% left out: all packets after the first \(Self.packetLimit)") }
    buffer.flush()
  }

  private func writeParticipants(_ order: [UInt16]) {
    var used = Set(trajectories.flatMap { $0.hops.map(\.observation.point) })
    used.formUnion(trajectories.compactMap { $0.outcome == .lost ? $0.expectedNext : nil })
    let points = order.filter(used.contains)
    for node in points.map({ names.node(of: $0) }).uniqued() {
      // With a colour, so that a node called red is not taken for one.
      line("  box transparent \(MermaidText.escaped(node))")
      for point in points where names.node(of: point) == node {
        line("    participant p\(point) as \(MermaidText.escaped(names.point(point)))")
      }
      line("  end")
    }
  }

  private func write(_ trajectory: Trajectory) {
    let title = PacketTitle(of: trajectory, addresses: names.addresses)
    let path = trajectory.hops.filter { $0.kind == .path }
    guard let first = path.first else { return }
    let words = [title.transport, title.ends, title.details.joined(separator: ", ")]
    let note = MermaidText.escaped("packet \(trajectory.number) " + words.joined(separator: " "))
    line("  Note over \(participant(first)): \(note)")
    if path.count == 1 && trajectory.outcome != .lost {
      line("  Note over \(participant(first)): seen only here")
    }
    for (previous, hop) in zip(path, path.dropFirst()) {
      let message = message(for: hop, after: previous, trajectory.part)
      line("  \(participant(previous))->>\(participant(hop)): \(message)")
    }
    guard let last = path.last else { return }
    writeEnd(of: trajectory, last: last)
  }

  private func message(for hop: Hop, after previous: Hop, _ part: PacketPart?) -> String {
    let isWire = !names.areOnOneNode(previous.observation.point, hop.observation.point)
    let delay = hop.delay.map { TextTimes.delay($0, error: isWire ? hop.delayError : nil) }
    let changes = ChangeWords(addresses: names.addresses).list(
      from: previous.observation, to: hop.observation, part: part)
    let words = [delay ?? "delay unknown"] + changes
    return MermaidText.escaped(words.joined(separator: ", "))
  }

  private func writeEnd(of trajectory: Trajectory, last: Hop) {
    switch trajectory.outcome {
    case .lost:
      guard let next = trajectory.expectedNext else { return }
      let seen = trajectory.hops[trajectory.lastSeen].observation.point
      line("  p\(seen)--xp\(next): LOST")
    case .partial:
      line("  Note over \(participant(last)): not seen after here, nothing proves a loss")
    case .complete, .notJudged:
      return
    }
  }

  private func participant(_ hop: Hop) -> String { "p\(hop.observation.point)" }

  private func line(_ text: String) {
    buffer.append(Array(text.utf8))
    buffer.append("\n")
  }
}

extension [String] {
  /// Each once, in the order of first occurrence.
  fileprivate func uniqued() -> [String] {
    var seen = Set<String>()
    return filter { seen.insert($0).inserted }
  }
}
