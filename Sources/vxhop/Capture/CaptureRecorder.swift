import Captures
import Glibc
import LiveCapture

/// Writes what is captured into a pcapng, one after the other where it rotates.
///
/// Consumes records in their order of time, adds a description of each point, and statistics: at the
/// end, and on the way as well, so that a file that ends early tells what was dropped until then.
struct CaptureRecorder: ~Copyable {
  private let names: [String]
  private let linkTypes: [LinkType]
  private let filters: [String?]
  private let nodeTables: [UInt8]
  private let snapshotLength: UInt32
  private let files: OutputFiles
  private var writer: CaptureWriter
  private var selections: [InnerSelection?]
  /// Nanoseconds since 1970.
  private let startTime = WallClock.now
  private var statisticsTime = WallClock.now
  private var remaining: UInt64
  /// Packets written of each point.
  private(set) var captured: [UInt64]
  private(set) var failure: GuardedFileError?

  /// What a point is written as.
  struct Point {
    /// `node/interface`.
    var name: String
    var linkType: LinkType
    /// The filter that its packets passed, if any.
    var filter: String?
    var selection: InnerSelection?
  }

  /// - Parameter nodeTables: of the node, packed; each file begins with them.
  init(
    points: [Point], nodeTables: [UInt8], snapshotLength: UInt32, limit: UInt64?,
    files: OutputFiles
  ) {
    self.nodeTables = nodeTables
    names = points.map(\.name)
    linkTypes = points.map(\.linkType)
    filters = points.map(\.filter)
    selections = points.map(\.selection)
    captured = Array(repeating: 0, count: points.count)
    remaining = limit ?? .max
    self.snapshotLength = snapshotLength
    self.files = files
    writer = Self.begin(names, linkTypes, filters, nodeTables, snapshotLength, files)
    latest = Array(repeating: (0, 0), count: points.count)
    // Who reads along learns from when on nothing is missing. Packets from while points were being opened
    // are still to come.
    add(latest, completeUntil: nil)
    writer.flush()
  }

  /// Whether nothing more is to be written: enough packets, no reader, no room.
  var isAtEnd: Bool { remaining == 0 || writer.isClosed || failure != nil }

  private static func begin(
    _ names: [String], _ linkTypes: [LinkType], _ filters: [String?], _ nodeTables: [UInt8],
    _ snapshotLength: UInt32, _ files: OutputFiles
  ) -> CaptureWriter {
    var writer = CaptureWriter(
      format: .pcapng, application: SectionHeaderBlock.captureApplication, nodeTables: nodeTables
    ) { files.write($0) }
    for index in names.indices {
      var interface = WrittenInterface(linkType: linkTypes[index], name: names[index])
      interface.filter = filters[index]
      interface.snapshotLength = snapshotLength
      _ = writer.addInterface(interface)
    }
    writer.flush()
    return writer
  }

  /// Writes a record, if the filter takes it; answers whether more are wanted.
  mutating func take(_ record: borrowing CaptureRecord) -> Bool {
    if isAtEnd { return false }
    let index = record.interface
    if selections[index] != nil, selections[index]?.keeps(record) == false { return true }
    if files.rotation.isOn {
      // Where the size is looked at, all that belongs to it has been written.
      if files.rotation.size != nil { writer.flush() }
      if files.isDue { rotate() }
      if isAtEnd { return false }
    }
    writer.append(
      record.bytes, time: record.time, originalLength: record.originalLength, interface: index)
    captured[index] += 1
    remaining -= 1
    return !isAtEnd
  }

  /// Hands on what was written so far. Statistics are due from time to time.
  var areStatisticsDue: Bool {
    WallClock.now - statisticsTime >= (files.isStream ? 500_000_000 : 10_000_000_000)
  }

  /// Writes what is known of the points by now.
  ///
  /// - Parameter completeUntil: every packet captured before this time was written; nil if that is not known.
  mutating func add(
    _ statistics: [(received: UInt64, dropped: UInt64)], completeUntil: Int64?
  ) {
    statisticsTime = WallClock.now
    for (index, counts) in statistics.enumerated() {
      var block = WrittenStatistics(time: statisticsTime)
      block.startTime = startTime
      block.endTime = completeUntil.map { max(startTime, $0) }
      block.received = counts.received
      block.accepted = captured[index]
      block.dropsBySystem = counts.dropped
      writer.addStatistics(block, of: index)
    }
    latest = statistics
  }

  private var latest: [(received: UInt64, dropped: UInt64)]

  mutating func flush() { writer.flush() }

  /// Ends this file as it should end, and begins the next.
  private mutating func rotate() {
    guard !files.isLast else {
      remaining = 0
      return
    }
    add(latest, completeUntil: WallClock.now)
    writer.flush()
    do throws(GuardedFileError) {
      try files.rotate()
      writer = Self.begin(names, linkTypes, filters, nodeTables, snapshotLength, files)
    } catch {
      failure = error
    }
  }

  /// Writes what is left and closes the file.
  mutating func finish() {
    writer.flush()
    if let number = files.errorNumber { failure = failure ?? GuardedFileError(files.path, number) }
    do throws(GuardedFileError) {
      try files.close()
    } catch {
      failure = failure ?? error
    }
  }
}
