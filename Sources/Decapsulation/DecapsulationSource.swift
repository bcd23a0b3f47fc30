import Captures
import Packets
import Topology

/// One input while it is read.
///
/// Records are taken in runs, so that the way of a single one is free of checks that a class needs.
final class DecapsulationSource {
  private var frames: SourceFrames

  init(
    reader: consuming CaptureReader, file: Int, input: DecapsulationInput,
    options: DecapsulationOptions
  ) {
    frames = SourceFrames(reader: reader, file: file, input: input, options: options)
  }

  var isRegular: Bool { frames.isRegular }

  /// What ended the reading early.
  var error: CaptureError? { frames.error }

  /// Where the bytes of a stream come from, if its next record has not come yet.
  var awaited: Int32? { frames.awaited }

  /// Whether its next record was waited for in vain.
  var isQuiet = false

  /// Until fragments are given up if no record comes, in nanoseconds; nil without any.
  var fragmentPatience: Int64? { frames.fragmentPatience }

  /// Tells that no record has come until a time.
  func pass(to time: Int64, into output: inout FrameOutput) {
    frames.pass(to: time, into: &output)
  }

  /// Tells that no record has come for a while, in nanoseconds.
  func pass(_ nanoseconds: Int64, into output: inout FrameOutput) {
    frames.pass(to: frames.recordTime &+ nanoseconds, into: &output)
  }

  /// Time of the record that comes next, nanoseconds since 1970; nil at the end, and if it has not come yet.
  func nextTime() -> Int64? {
    frames.prepareRecord() ? frames.recordTime : nil
  }

  /// Hands on the next record, and those behind it that are not later than `limit`.
  func takeRecords(upTo limit: Int64, into output: inout FrameOutput) {
    frames.takeRecords(upTo: limit, into: &output)
  }

  func addInterfaces(to output: inout FrameOutput) {
    frames.addInterfaces(to: &output)
  }

  /// Hands on the fragments that are still held, and what the capture tells of its interfaces.
  func finish(into output: inout FrameOutput) {
    frames.finish(into: &output)
  }
}

/// The records of one input, and the interfaces that they belong to.
struct SourceFrames: ~Copyable {
  private let file: Int
  private let input: DecapsulationInput
  private let options: DecapsulationOptions
  private var reader: CaptureReader
  private var interfaces: [SourceInterface] = []
  private var hasRecord = false
  private var isAtEnd = false
  private var releasedOffset: UInt64 = 0
  /// Records until it is looked how far reading has come.
  private var recordsToLook = lookStep
  /// Fragments are given up when a later record comes, nanoseconds since 1970.
  private var deadline = Int64.max
  private(set) var error: CaptureError?
  /// Of the record that is to be taken next, nanoseconds since 1970.
  private(set) var recordTime: Int64 = 0
  /// Its number among the reader's interfaces.
  private var recordInterface = 0

  /// Mapped pages behind the cursor are given back in steps of this many bytes.
  private static let releaseStep: UInt64 = 8 << 20
  /// Records after which it is looked whether there are so many.
  private static let lookStep = 128

  init(
    reader: consuming CaptureReader, file: Int, input: DecapsulationInput,
    options: DecapsulationOptions
  ) {
    self.file = file
    self.input = input
    self.options = options
    self.reader = reader
    self.reader.readOn(waits: false)
  }

  /// Where the bytes of a stream come from, if its next record has not come yet.
  var awaited: Int32? { isStarved ? reader.descriptor : nil }

  private var isStarved: Bool { !hasRecord && error == nil && reader.isStarved }

  /// Until fragments are given up if no record comes, in nanoseconds; nil without any.
  var fragmentPatience: Int64? {
    deadline < .max ? min(max(deadline &- recordTime, 0), options.fragmentLimits.lifetime) : nil
  }

  /// Tells that no record has come until a time: fragments are not held for longer than if one had.
  mutating func pass(to time: Int64, into output: inout FrameOutput) {
    guard !hasRecord else { return }
    recordTime = max(recordTime, time)
    if recordTime > deadline { expireFragments(into: &output) }
  }

  var isRegular: Bool { reader.canRewind }

  /// Reads the next record unless there is one already; false at the end, and if it has not come yet.
  mutating func prepareRecord() -> Bool {
    if hasRecord { return true }
    if isAtEnd { return false }
    do throws(CaptureError) {
      hasRecord = try reader.advance()
    } catch {
      self.error = error
    }
    isAtEnd = !hasRecord && !isStarved
    if hasRecord {
      let location = reader.current
      recordInterface = location.interface
      // A record without a time keeps its place among its neighbours.
      if !reader.isUntimed { recordTime = location.time }
    }
    return hasRecord
  }

  mutating func takeRecords(upTo limit: Int64, into output: inout FrameOutput) {
    repeat {
      guard prepareRecord() else { return }
      if recordInterface >= interfaces.count { addInterfaces(to: &output) }
      if recordTime > deadline { expireFragments(into: &output) }
      let isFragment = interfaces[recordInterface].take(
        reader.record(), at: recordTime, hasTime: !reader.isUntimed, into: &output)
      if isFragment { noteFragments(in: &output) }
      hasRecord = false
      recordsToLook -= 1
      if recordsToLook == 0 { releasePages() }
    } while !output.isClosed && prepareRecord() && recordTime <= limit
  }

  /// Gives up fragments whose others have not come in time, of whichever interface.
  private mutating func expireFragments(into output: inout FrameOutput) {
    for index in interfaces.indices {
      interfaces[index].expireFragments(at: recordTime, into: &output)
    }
    noteFragments(in: &output)
  }

  /// Tells the output since when fragments are waited for.
  private mutating func noteFragments(in output: inout FrameOutput) {
    var earliest: Int64?
    for index in interfaces.indices {
      guard let time = interfaces[index].earliestFragment() else { continue }
      earliest = min(earliest ?? time, time)
    }
    let (sum, overflow) = (earliest ?? .max).addingReportingOverflow(
      options.fragmentLimits.lifetime)
    deadline = overflow ? .max : sum
    output.holdBack(from: earliest, file: file)
  }

  /// Makes the points of the interfaces that are known by now.
  mutating func addInterfaces(to output: inout FrameOutput) {
    for interface in reader.interfaces.dropFirst(interfaces.count) {
      let name = input.naming.name(of: input.name, interfaceName: interface.name)
      let hasNode = input.name.node != nil
      interfaces.append(
        SourceInterface(
          interface, name: name, hasNode: hasNode, description: interface.description ?? fileName,
          file: file,
          options: options))
      interfaces[interfaces.count - 1].addPoint(to: &output)
    }
  }

  mutating func finish(into output: inout FrameOutput) {
    for index in interfaces.indices {
      interfaces[index].finish(reader.interfaces[index], into: &output)
    }
    output.holdBack(from: nil, file: file)
  }

  private var fileName: String? {
    input.name.path == "-" ? nil : input.name.path.split(separator: "/").last.map(String.init)
  }

  @inline(never)
  private mutating func releasePages() {
    recordsToLook = Self.lookStep
    guard reader.byteOffset > releasedOffset else { return }
    reader.releasePages(before: releasedOffset)
    releasedOffset = reader.byteOffset &+ Self.releaseStep
  }
}
