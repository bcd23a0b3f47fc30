import Packets

/// Learning the nodes' clocks from packets that two nodes saw: the first ones of all captures, then some at
/// moments all over their length.
extension TraceAnalysis {
  /// Records of each capture that are looked at for one moment. Where two nodes' captures do not meet
  /// then, as after a step of a clock, it is more and more, up to a limit for all moments.
  private static let momentLength = 256
  private static let searchFactor = 8
  private static let searchLimit = 1 << 15

  /// Returns what else the samples show.
  func compareClocks(_ streams: [SourceStream]) -> SampledTraffic {
    var traffic = SampledTraffic()
    _ = crossings.add(firstPackets(of: streams, traffic: &traffic), order: table.nodesByName)
    // What is learnt from the sample depends on which files follow one another.
    noteRecordings()
    fitClocks(to: crossings)
    guard let span = sampledSpan(of: streams) else { return traffic }
    var moments = SampleMoments(span)
    var remaining = Self.searchLimit
    while let moment = moments.next(clocks) {
      var found: Set<UInt16> = []
      var length = Self.momentLength
      repeat {
        for time in recordedTimes(at: moment) where !found.isSuperset(of: crossings.nodes) {
          let sample = packets(of: streams, from: time, count: length, traffic: &traffic)
          found.formUnion(crossings.add(sample, order: table.nodesByName))
        }
        length *= Self.searchFactor
        remaining -= length
      } while remaining >= 0 && (found.isEmpty || !found.isSuperset(of: crossings.nodes))
      fitClocks(to: crossings)
    }
    return traffic
  }

  private func firstPackets(
    of streams: [SourceStream], traffic: inout SampledTraffic
  ) -> ClockSurvey {
    var survey = ClockSurvey(expecting: sampleLimit)
    guard !streams.isEmpty else { return survey }
    readRows(of: streams) { row, table in survey.add(row, node: table.node(of: row.point)) }
    for stream in streams { traffic.add(stream.source.intake) }
    return survey
  }

  /// - Parameter times: of each node, as it records them.
  private func packets(
    of streams: [SourceStream], from times: [Int64], count: Int, traffic: inout SampledTraffic
  ) -> ClockSurvey {
    var survey = ClockSurvey()
    for stream in streams {
      guard let point = stream.source.intake.points.first?.point, let span = stream.recordedSpan
      else { continue }
      let intake = makeIntake(
        file: stream.source.intake.file, earlier: stream.source.intake.knownInterfaces)
      guard
        stream.source.seek(
          to: times[table.node(of: point)], last: span.last, intake: intake, recordLimit: count,
          table: &table)
      else { continue }
      stream.refill(table: &table)
      while stream.count > 0 {
        let rows = unsafe stream.rows
        for index in 0..<stream.count {
          unsafe survey.add(rows[index], node: table.node(of: rows[index].point))
        }
        stream.refill(table: &table)
      }
      traffic.add(stream.source.intake)
    }
    return survey
  }

  /// When captures of all nodes were recording, on the reference's clock; nil if the first packets were
  /// all, or if there is nothing to compare.
  private func sampledSpan(of streams: [SourceStream]) -> ClosedRange<Int64>? {
    guard table.nodes.count > 1,
      streams.contains(where: { $0.source.canRewind && !$0.source.wasReadWhole })
    else { return nil }
    var spans = [RecordingTimes.Span?](repeating: nil, count: table.nodes.count)
    for stream in streams {
      guard let point = stream.source.intake.points.first?.point, let span = stream.recordedSpan
      else { continue }
      let node = table.node(of: point)
      spans[node] = spans[node]?.union(span) ?? span
    }
    let bounds = spans.enumerated().compactMap { node, span in
      span.map {
        (clocks.corrected($0.first, node: node), clocks.corrected($0.last, node: node))
      }
    }
    guard let start = bounds.map(\.0).max(), let end = bounds.map(\.1).min(), start < end else {
      return nil
    }
    return (start...end).clamped(to: ClockSurvey.plausibleTimes)
  }

  /// What the nodes' clocks showed at a moment of the reference's: as told by the packets before it and,
  /// where a clock was set about then, by those after it.
  private func recordedTimes(at moment: Int64) -> [[Int64]] {
    let nodes = table.nodes.indices
    let before = nodes.map { clocks.recorded(moment, node: $0) }
    guard let step = clocks.uncertainSpans.first(where: { $0.contains(moment) }) else {
      return [before]
    }
    let after = nodes.map {
      clocks.recorded(step.upperBound, node: $0) - (step.upperBound - moment)
    }
    return [before, after]
  }

  func fitClocks(to crossings: NodeCrossings) {
    let resolutions = table.nodes.indices.map { table.resolution(ofNode: $0) }
    let fixed = options.clocks.sorted { $0.key < $1.key }.compactMap { name, offset in
      fixedClock(of: name, offset: offset)
    }
    let estimated = crossings.pairs.compactMap {
      PairClock(
        $0, resolutions: (resolutions[Int($0.nodes.0)], resolutions[Int($0.nodes.1)]))
    }
    // A clock that is given is without error, and so comes before what packets tell of the same nodes.
    clocks = ClockModel(pairs: fixed + estimated, order: table.nodesByName)
  }

  /// The clock that the user gave a node, against the first node by name that was given none, else the
  /// first one.
  private func fixedClock(of name: String, offset: Int64) -> PairClock? {
    guard let node = table.nodes.firstIndex(of: name) else { return nil }
    let order = table.nodesByName
    let reference = order.first { options.clocks[table.nodes[$0]] == nil } ?? order[0]
    guard reference != node else { return nil }
    let own = options.clocks[table.nodes[reference]] ?? 0
    return PairClock(nodes: (UInt16(reference), UInt16(node)), fixedOffset: offset &- own)
  }
}

/// What samples of the captures show beside the clocks.
struct SampledTraffic {
  /// By point.
  private(set) var counters: [UInt16: PointCounters] = [:]
  /// How much of the payloads was captured at least.
  private(set) var digestLengths = DigestLengths()

  mutating func add(_ intake: SourceIntake) {
    for local in intake.points {
      counters[local.point, default: PointCounters()].add(local.counters)
    }
    if let lengths = intake.digestLengths { digestLengths = digestLengths.shorter(lengths) }
  }
}
