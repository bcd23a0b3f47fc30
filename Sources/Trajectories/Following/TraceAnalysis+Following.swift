import Captures
import Glibc
import Topology

/// Joining sources while they are still being written.
///
/// The first moments of all sources are the sample that teaches clocks, roles and paths; from then on rows
/// are joined as they come, and clocks compared anew every second.
extension TraceAnalysis {
  package enum Wish: Sendable {
    case goOn
    /// No more than what has been captured already.
    case end
  }

  /// What has come of one point so far.
  package struct PointProgress: Sendable {
    package let point: UInt16
    package let frames: UInt64
    /// Packets that the kernel dropped; nil if the source does not tell.
    package let drops: UInt64?
  }

  /// How long the first source is waited for by the others, and how long a sample is taken from the first
  /// packet of any source on: in silence there is nothing to learn from, however long it lasts.
  private static let startLimit: Int64 = 5_000_000_000
  static let sampleTime: Int64 = 1_000_000_000
  static let sampleSize = 4 << 20
  /// How long sources may take to end once they should.
  private static let endLimit: Int64 = 3_000_000_000
  /// Bytes of the longest header that a capture begins with.
  private static let headerLength: Int32 = 32

  /// Joins what comes from open descriptors, one for each input, until all have ended.
  ///
  /// - Parameters:
  ///   - wish: asked several times a second; may look at this object.
  ///   - emit: takes each trajectory.
  package func follow(
    _ descriptors: [Int32], wish: () -> Wish,
    emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    for descriptor in descriptors {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    var unopened = descriptors.enumerated().map {
      (file: UInt16($0.offset), descriptor: $0.element)
    }
    var followed = takeSample(&unopened, wish)
    survey()
    rewind(recordLimit: .max)
    for stream in streams { stream.source.follow() }
    join(&followed, &unopened, wish, emit)
    finish()
  }

  /// Waits for the sources' first records.
  private func takeSample(
    _ unopened: inout [(file: UInt16, descriptor: Int32)], _ wish: () -> Wish
  ) -> FollowingMerge {
    var merge = FollowingMerge(span: options.window)
    let start = MonotonicClock.now
    var lastOpening = start
    var firstRecord: Int64?
    var areOpen = true
    while wish() == .goOn && areOpen {
      wait(for: unopened.map(\.descriptor) + merge.sources.map(\.descriptor))
      for source in openReady(&unopened) {
        merge.add(source)
        lastOpening = MonotonicClock.now
      }
      areOpen = !unopened.isEmpty
      for source in merge.sources
      where source.stream.source.readAhead(limit: Self.sampleSize) { areOpen = true }
      let now = MonotonicClock.now
      if firstRecord == nil, streams.contains(where: { $0.source.holdsRecord() }) {
        firstRecord = now
      }
      if let firstRecord, now - firstRecord >= Self.sampleTime {
        if unopened.isEmpty && now - lastOpening >= Self.sampleTime { break }
        if now - start >= Self.startLimit { break }
      }
      // What is full is readable all the time.
      usleep(10_000)
    }
    return merge
  }

  private func join(
    _ merge: inout FollowingMerge, _ unopened: inout [(file: UInt16, descriptor: Int32)],
    _ wish: () -> Wish, _ emit: (borrowing Trajectory, borrowing PointTable) -> Void
  ) {
    // Own copies while joining: what is handed on may look at this object.
    var table = self.table
    var knowledge = self.knowledge
    let settings = Correlator.Settings(
      span: options.window, limit: options.windowLimit, isOrdered: options.isOrdered,
      isLearning: false)
    var correlator = Correlator(
      settings, recordings: recordings, clocks: clocks, knowledge: knowledge)
    var deadline = Int64.max
    var now = MonotonicClock.now
    var followedClocks = FollowedClocks(crossings, at: now)
    while now < deadline && !(unopened.isEmpty && merge.isAtEnd) {
      if deadline == .max && wish() == .end { deadline = now + Self.endLimit }
      wait(
        for: unopened.map(\.descriptor)
          + merge.sources.filter { !$0.hasEnded && !$0.isFull }.map(\.descriptor))
      for source in openReady(&unopened) {
        source.stream.source.follow()
        source.correct(by: clocks, table: self.table)
        merge.add(source)
        table = self.table
      }
      now = MonotonicClock.now
      merge.read(at: now, &followedClocks, clocks: clocks, table: &table)
      self.table = table
      if followedClocks.hasNews(at: now, table: table) {
        fitClocks(to: followedClocks.crossings)
        merge.correct(by: clocks, table: table)
        correlator.update(clocks)
      }
      SnapshotLearning.learn(from: table, into: &knowledge)
      noteFollowed(merge.sources)
      correlator.update(recordings, confirmedUntil: merge.confirmedUntil)
      unsafe merge.handOn(at: now, isEnding: false, table: table) { row in
        unsafe correlator.take(
          copyOf: row, table: table, knowledge: &knowledge, emit: emit)
      }
      correlator.advance(
        to: merge.horizon(at: now), table: table, knowledge: &knowledge, emit: emit)
    }
    unsafe merge.handOn(at: now, isEnding: true, table: table) { row in
      unsafe correlator.take(copyOf: row, table: table, knowledge: &knowledge, emit: emit)
    }
    noteFollowed(merge.sources)
    correlator.update(recordings, confirmedUntil: .max)
    correlator.finish(table: table, knowledge: &knowledge, emit: emit)
    totals.evicted = correlator.evicted
    self.table = table
    self.knowledge = knowledge
    if merge.lateCount > 0 {
      warnings.append(
        "\(merge.lateCount) packets came more than \(Double(options.window) / 1e9) s later than others: they may count as lost or as packets of their own"
      )
    }
  }

  /// Waits until one of them can be read, a tenth of a second at the most.
  private func wait(for descriptors: [Int32]) {
    var requests = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = unsafe poll(&requests, nfds_t(requests.count), 100)
  }

  /// Opens the sources whose captures have begun.
  private func openReady(
    _ unopened: inout [(file: UInt16, descriptor: Int32)]
  ) -> [FollowedSource] {
    var opened: [FollowedSource] = []
    unopened.removeAll { file, descriptor in
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&request, 1, 0) == 1 else { return false }
      var length: Int32 = 0
      let hasEnded = request.revents & Int16(POLLHUP) != 0
      guard unsafe ioctl(descriptor, UInt(FIONREAD), &length) == 0,
        length >= Self.headerLength || hasEnded
      else { return false }
      if let source = open(file: file, descriptor: descriptor) { opened.append(source) }
      return true
    }
    return opened
  }

  private func open(file: UInt16, descriptor: Int32) -> FollowedSource? {
    do throws(CaptureError) {
      let reader = try CaptureReader(
        fileDescriptor: descriptor, name: inputs[Int(file)].path, keepsStart: true)
      var source = CaptureSource(
        reader: reader, intake: makeIntake(file: file), recordLimit: options.sampleLimit)
      source.addPoints(to: &table)
      let stream = SourceStream(source: source)
      streams.append(stream)
      return FollowedSource(stream, descriptor: descriptor)
    } catch {
      errors.append(error)
      return nil
    }
  }

  /// Notes when each source was recording, and what it says that it dropped by now.
  private func noteFollowed(_ sources: [FollowedSource]) {
    var recordings = RecordingTimes()
    for followed in sources {
      let source = followed.stream.source.interfaces
      let points = followed.stream.source.intake.points
      let frames = points.map(\.counters).filter { $0.frames > 0 }
      let start = (frames.map(\.first) + source.compactMap(\.startTime)).min()
      let end = (frames.map(\.last) + source.compactMap(\.endTime)).max()
      for local in points {
        let interface = source[local.interface]
        // Points are opened one after the other: what came before all were open, some may have missed.
        let span = (interface.startTime ?? start).map {
          RecordingTimes.Span(first: $0, last: followed.hasEnded ? end ?? $0 : .max)
        }
        recordings.add(
          RecordingTimes.Coverage(
            file: followed.stream.source.intake.file, span: span, drops: interface.drops,
            filter: followed.stream.source.intake.filter(of: local.interface)),
          to: local.point, of: table[local.point].node)
      }
    }
    self.recordings = recordings
  }

  /// What has come so far, point by point.
  package var progress: [PointProgress] {
    streams.flatMap { stream in
      stream.source.intake.points.map {
        PointProgress(
          point: $0.point, frames: $0.counters.frames,
          drops: stream.source.interfaces[$0.interface].drops)
      }
    }
  }

  /// Inputs of which nothing has come yet, by number.
  package var silentInputs: [Int] {
    let begun = Set(streams.map { Int($0.source.intake.file) })
    return inputs.indices.filter { !begun.contains($0) }
  }
}
