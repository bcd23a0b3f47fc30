import Captures
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

  /// Time of the record that comes next, nanoseconds since 1970; nil at the end.
  func nextTime(_ output: inout FrameOutput) -> Int64? {
    frames.prepareRecord(&output) ? frames.recordTime : nil
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
  /// Fragments are given up when a later record comes, nanoseconds since 1970.
  private var deadline = Int64.max
  private(set) var error: CaptureError?
  /// Of the record that is to be taken next, nanoseconds since 1970.
  private(set) var recordTime: Int64 = 0

  /// Mapped pages behind the cursor are given back in steps of this many bytes.
  private static let releaseStep: UInt64 = 8 << 20

  init(
    reader: consuming CaptureReader, file: Int, input: DecapsulationInput,
    options: DecapsulationOptions
  ) {
    self.file = file
    self.input = input
    self.options = options
    self.reader = reader
  }

  var isRegular: Bool { reader.canRewind }

  /// Reads the next record unless there is one already; false at the end. What was written so far is
  /// handed on before bytes are waited for.
  mutating func prepareRecord(_ output: inout FrameOutput) -> Bool {
    if hasRecord { return true }
    if isAtEnd { return false }
    if !reader.isNextAtHand { output.flush() }
    do throws(CaptureError) {
      hasRecord = try reader.advance()
    } catch {
      self.error = error
    }
    isAtEnd = !hasRecord
    // A record without a time keeps its place among its neighbours.
    if hasRecord { recordTime = reader.isUntimed ? recordTime : reader.record().time }
    return hasRecord
  }

  mutating func takeRecords(upTo limit: Int64, into output: inout FrameOutput) {
    repeat {
      guard prepareRecord(&output) else { return }
      let interface = reader.record().interface
      if interface >= interfaces.count { addInterfaces(to: &output) }
      if recordTime > deadline { expireFragments(into: &output) }
      let isFragment = interfaces[interface].take(
        reader.record(), hasTime: !reader.isUntimed, into: &output)
      if isFragment { noteFragments(in: &output) }
      hasRecord = false
      if reader.byteOffset > releasedOffset { releasePages() }
    } while !output.isClosed && prepareRecord(&output) && recordTime <= limit
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
    var earliest = Int64.max
    for index in interfaces.indices {
      earliest = min(earliest, interfaces[index].earliestFragment())
    }
    let (sum, overflow) = earliest.addingReportingOverflow(SourceInterface.fragmentLifetime)
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
    output.holdBack(from: .max, file: file)
  }

  private var fileName: String? {
    input.name.path == "-" ? nil : input.name.path.split(separator: "/").last.map(String.init)
  }

  private mutating func releasePages() {
    reader.releasePages(before: releasedOffset)
    releasedOffset = reader.byteOffset &+ Self.releaseStep
  }
}
