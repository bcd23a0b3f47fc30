package import Captures
package import Filters
package import Packets
package import Topology

/// How captures are joined.
package struct AnalysisOptions: Sendable {
  package var decoding = DecodingOptions()
  package var filter: InnerPacketFilter?
  /// How long a packet may take from its first point to its last, in nanoseconds.
  package var window: Int64 = 2_000_000_000
  /// Observations that are kept at once at the most.
  package var windowLimit = 1 << 17
  /// Whether trajectories are handed on in the order of their first observations.
  package var isOrdered = true
  /// Offsets of nodes' clocks that the user knows, in nanoseconds: node minus the others.
  package var clocks: [String: Int64] = [:]
  /// Records of each file that the first pass reads to learn the network.
  package var sampleLimit = 1 << 12
  /// Records of all files that it reads: of each of many files fewer.
  package var totalSampleLimit = 1 << 15
  /// Threads that the work is done in: one joins, one merges ahead of it, the others read ahead of that, and whichever
  /// would have to wait reads, too. Streams are not merged ahead.
  package var threads = 1

  package init() {}
}

/// The whole way from capture files to trajectories.
///
/// Regular files are read twice: a first pass over a sample learns when each file was recording, how
/// much of the packets was kept and where addresses live; the second joins all observations. Of a stream
/// the beginning is held back for the first pass.
package final class TraceAnalysis {
  package let inputs: [TraceInput]
  package internal(set) var table: PointTable
  package internal(set) var recordings = RecordingTimes()
  /// Inputs that could not be opened or read to their end.
  package internal(set) var errors: [CaptureError] = []
  package internal(set) var warnings: [String] = []
  package internal(set) var totals = AnalysisTotals()

  var options: AnalysisOptions
  var knowledge = NetworkKnowledge()
  var clocks = ClockModel()
  /// What the clocks are fitted to.
  var crossings = NodeCrossings()
  var streams: [SourceStream] = []

  /// - Parameter snapshots: tables of nodes by the node's name. Captures may bring along others.
  package init(
    inputs: [TraceInput], snapshots: [String: NodeSnapshot] = [:], options: AnalysisOptions
  ) {
    self.inputs = inputs
    table = PointTable(snapshots: snapshots)
    self.options = options
  }

  /// Whether anything can be read at all.
  package var hasOpenInput: Bool { !streams.isEmpty }

  /// Recorded time of the first frame that the first pass saw.
  package var startTime: Int64? {
    streams.flatMap { $0.source.intake.points.map(\.counters) }.filter { $0.frames > 0 }
      .map(\.first).min()
  }

  /// Bytes of the inputs that were read up to what is joined in this pass; not told while sources are followed.
  package private(set) var bytesRead: UInt64 = 0

  /// Bytes of all inputs; nil if one of them is a stream.
  package var size: UInt64? {
    let sizes = streams.map(\.size)
    return sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
  }

  /// What the first pass found out about the nodes' clocks.
  package var clockEstimates: [ClockEstimate] {
    startTime.map { clocks.estimates(at: $0) } ?? []
  }

  /// The node where an address lives, as far as packets or the nodes' tables told.
  package func node(of address: IPAddress) -> Int? {
    knowledge.home(of: address)?.node ?? knowledge.node(ofTunnelAddress: address)
      ?? knowledge.nodeByNetwork(of: address)
  }

  /// Opens the inputs and makes the first pass.
  package func prepare() {
    for (index, input) in inputs.enumerated() { open(input, file: UInt16(index)) }
    holdStreams()
    survey()
    noteRecordings()
  }

  /// Joins all observations and hands on each trajectory, in the order of first observations.
  ///
  /// Points that are met only now are in the table that is handed along.
  package func run(_ emit: (borrowing Trajectory, borrowing PointTable) -> Void) {
    rewind(recordLimit: .max)
    for stream in streams { stream.source.readOn() }
    totals.evicted = join(streams, emit)
    finish()
  }

  /// Reads all observations in their order, as `run` does, but does not join them; returns their number.
  package func observe() -> Int {
    rewind(recordLimit: .max)
    var count = 0
    readRows(of: streams) { _, _ in count += 1 }
    finish()
    return count
  }

  /// Hands on the rows of sources in one order.
  @inline(__always)
  func readRows(
    of streams: [SourceStream], _ take: (borrowing Observation, borrowing PointTable) -> Void
  ) {
    // An own copy: each use of the object's would be checked.
    var table = self.table
    defer { self.table = table }
    var merge = ObservationMerge(streams, table: table)
    var read: MergedRows?
    while let rows = merge.next(giving: read) {
      if let newer = rows.table { table = newer }
      for place in 0..<rows.count { unsafe take(rows[place].pointee, table) }
      rows.releaseAll()
      read = rows
    }
    table = merge.table
  }

  /// Goes back to the first records of all inputs whose beginning can be read twice.
  func rewind(recordLimit: Int) {
    bytesRead = 0
    for stream in streams where stream.source.isRepeatable {
      let intake = makeIntake(
        file: stream.source.intake.file, earlier: stream.source.intake.knownInterfaces)
      stream.source.rewind(intake: intake, recordLimit: recordLimit)
      stream.source.addPoints(to: &table)
    }
  }

  func makeIntake(
    file: UInt16, earlier: KnownInterfaces = KnownInterfaces()
  ) -> SourceIntake {
    SourceIntake(
      file: file, input: inputs[Int(file)], options: options.decoding, filter: options.filter,
      clocks: clocks, window: options.window, earlier: earlier)
  }

  /// Records of each file that the first pass reads.
  var sampleLimit: Int {
    min(options.sampleLimit, max(1, options.totalSampleLimit / max(1, inputs.count)))
  }

  private func open(_ input: TraceInput, file: UInt16) {
    do throws(CaptureError) {
      let reader = try CaptureReader(path: input.path, keepsStart: true)
      var source = CaptureSource(
        reader: reader, intake: makeIntake(file: file), recordLimit: sampleLimit)
      source.addPoints(to: &table)
      streams.append(SourceStream(source: source))
    } catch {
      errors.append(error)
    }
  }

  /// Takes the first records of streams, as far as they come soon: one that ends by then is joined like a
  /// file, another with what its beginning taught.
  private func holdStreams() {
    var open = streams
    let end = MonotonicClock.now + Self.sampleTime
    while !open.isEmpty && MonotonicClock.now < end {
      open.removeAll { !$0.source.readAhead(limit: Self.sampleSize, patience: 10) }
    }
  }

  /// Reads samples twice: first for the clocks, the roles of points and how much of packets was kept,
  /// then, with these known, the first records for what joined packets teach.
  func survey() {
    for name in options.clocks.keys.sorted() where !table.nodes.contains(name) {
      warnings.append("--clock \(name): no capture is of a node of that name")
    }
    let repeatable = streams.filter { $0.source.isRepeatable }
    let traffic = compareClocks(repeatable)
    assignRoles(traffic)
    options.decoding.digestLengths = options.decoding.digestLengths.shorter(traffic.digestLengths)
    guard !repeatable.isEmpty else { return }
    rewind(recordLimit: sampleLimit)
    _ = join(repeatable, isLearning: true) { _, _ in }
  }

  private func join(
    _ streams: [SourceStream], isLearning: Bool = false,
    _ emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) -> UInt64 {
    // Own copies while joining: what is handed on may look at this object.
    var table = self.table
    var knowledge = self.knowledge
    defer {
      self.table = table
      self.knowledge = knowledge
    }
    let threads = isLearning ? 1 : options.threads
    // Rows of a stream are joined as they come, before others are waited for.
    let areFiles = streams.allSatisfy { $0.source.canRewind }
    let isAhead = threads > 1 && areFiles
    let helpers = min(isAhead ? threads - 2 : threads - 1, streams.count)
    let readers = threads > 1 ? ReadAhead(streams, threadCount: helpers) : nil
    defer { readers?.finish() }
    var merge: ObservationMerge? = ObservationMerge(
      streams, readers: readers, mayWait: areFiles, table: table)
    table = merge?.table ?? table
    let ahead = isAhead ? MergeAhead(&merge, readers: readers) : nil
    var lessons = LessonCount()
    SnapshotLearning.learn(from: table, into: &knowledge)
    let settings = Correlator.Settings(
      span: options.window, limit: options.windowLimit, isOrdered: options.isOrdered,
      isLearning: isLearning)
    var correlator = Correlator(
      settings, recordings: recordings, clocks: clocks, knowledge: knowledge)
    // What a stream dropped, and up to when it recorded, is known at its end only.
    if !isLearning && !areFiles {
      correlator.update(recordings, confirmedUntil: .min)
    }
    var joined: MergedRows?
    reading: while let rows = ahead?.next(giving: joined) ?? merge?.next(giving: joined) {
      if let newer = rows.table { table = newer }
      bytesRead = rows.bytesRead
      correlator.note(rows)
      for place in 0..<rows.count {
        unsafe correlator.expect(rows.soon(after: place))
        unsafe correlator.take(rows[place], table: table, knowledge: &knowledge, emit: emit)
        if isLearning && lessons.areOver(knowledge, joined: correlator.joinedCount) {
          break reading
        }
      }
      correlator.release(by: rows)
      joined = rows
    }
    table = ahead?.finish() ?? merge?.table ?? table
    correlator.update(recordings, confirmedUntil: .max)
    correlator.finish(table: table, knowledge: &knowledge, emit: emit)
    // Until here it may have memory of rows that are joined.
    extendLifetime(merge)
    return correlator.evicted
  }
}

// MARK: - Between and after the passes

extension TraceAnalysis {
  /// Points whose names tell nothing get their role from their traffic.
  private func assignRoles(_ traffic: SampledTraffic) {
    for (point, counters) in traffic.counters where table[point].role == .unknown {
      table.assign(counters.role, to: point)
    }
  }

  /// Notes when each input was recording. A stream that goes on is taken to record all the time.
  func noteRecordings() {
    recordings = RecordingTimes()
    for stream in streams {
      let span: RecordingTimes.Span?
      if stream.source.canRewind {
        span = stream.recordedSpan
      } else {
        span = RecordingTimes.Span(first: .min, last: .max)
      }
      for local in stream.source.intake.points {
        let interface = stream.source.interfaces[local.interface]
        recordings.add(
          RecordingTimes.Coverage(
            file: stream.source.intake.file, span: span?.corrected(by: interface),
            isCut: stream.source.isCut, isTruncated: local.counters.unrecognisable > 0,
            drops: interface.drops, filter: stream.source.intake.filter(of: local.interface)),
          to: local.point, of: table[local.point].node)
      }
    }
  }

  func finish() {
    for stream in streams {
      let intake = stream.source.intake
      if let error = stream.source.error { errors.append(error) }
      warnings.append(contentsOf: intake.warnings)
      totals.add(intake)
    }
  }
}

extension RecordingTimes.Span {
  /// The same with what an interface's statistics say of its beginning and end. Points are opened one
  /// after the other: what the first of them saw before all were open, the others may have missed.
  func corrected(by interface: CaptureInterface) -> RecordingTimes.Span {
    let last = max(last, interface.endTime ?? last)
    let start = interface.startTime.flatMap { $0 <= last ? $0 : nil }
    return RecordingTimes.Span(first: start ?? first, last: last)
  }
}
