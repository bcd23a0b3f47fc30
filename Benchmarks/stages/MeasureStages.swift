import Captures
import Glibc
import Packets
import Topology
import Trajectories

/// Does a part of what `vxhop trace` does, for the time that it takes: `measure-stages STAGE FILE…`.
@main
enum MeasureStages {
  /// Each includes those before it.
  private enum Stage: String, CaseIterable {
    /// Every record's place, time and lengths.
    case read
    /// Every frame's headers, down to what tells the innermost packet from others.
    case decode
    /// Of all captures together the rows of all points in order of time, and the first pass, which that needs.
    case observe
    /// Both passes, up to every packet's trajectory, which nobody looks at.
    case correlate
  }

  static func main() {
    let words = CommandLine.arguments.dropFirst()
    guard let stage = words.first.flatMap(Stage.init), words.count > 1 else {
      let stages = Stage.allCases.map(\.rawValue).joined(separator: "|")
      end("usage: measure-stages \(stages) FILE…")
    }
    let paths = [String](words.dropFirst())
    do throws(CaptureError) {
      switch stage {
      case .read: print(try read(paths))
      case .decode: print(try decode(paths))
      case .observe: print(try observe(paths))
      case .correlate: print(try correlate(paths))
      }
    } catch {
      end("\(error)")
    }
  }

  private static func end(_ reason: String) -> Never {
    let line = Array((reason + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
    exit(1)
  }

  private static func read(_ paths: [String]) throws(CaptureError) -> String {
    var (records, sum) = (0, UInt64(0))
    for path in paths {
      var walk = try FrameWalk(path: path)
      while try walk.advance() {
        sum &+= walk.takeRun { frame in
          UInt64(bitPattern: frame.time) &+ UInt64(frame.originalLength)
            &+ UInt64(frame.bytes.byteCount)
        } other: { bytes, originalLength in
          UInt64(originalLength) &+ UInt64(bytes.byteCount)
        }
      }
      records += walk.count
    }
    return "\(records) records, sum \(sum)"
  }

  private static func decode(_ paths: [String]) throws(CaptureError) -> String {
    var (packets, keys) = (0, UInt64(0))
    for path in paths {
      var walk = try FrameWalk(path: path)
      guard
        let decoder = PacketDecoder(
          linkType: walk.linkType.rawValue, options: DecodingOptions()), decoder.isEthernet
      else { end("\(path): no frames of Ethernet") }
      var summary = PacketSummary()
      while try walk.advance() {
        keys &+= walk.takeRun { frame in
          guard
            let packet = decoder.usualPacket(
              in: frame.bytes, originalLength: frame.originalLength)
          else { return nil }
          return decoder.usualTransport(of: packet).map {
            $0.identity &+ UInt64(packet.source) &* 31 &+ UInt64(packet.destination) &* 37
              &+ UInt64(packet.ports) &* 41
          }
        } other: { bytes, originalLength in
          decoder.decode(bytes, originalLength: originalLength, into: &summary)
          return summary.identity
        }
      }
      packets += walk.count
    }
    return "\(packets) packets, keys \(keys)"
  }

  private static func observe(_ paths: [String]) throws(CaptureError) -> String {
    let analysis = prepared(paths)
    let count = analysis.observe()
    if let error = analysis.errors.first { throw error }
    return "\(count) observations"
  }

  /// After the first pass.
  private static func prepared(_ paths: [String]) -> TraceAnalysis {
    var options = AnalysisOptions()
    // As where packets are only counted.
    options.isOrdered = false
    let inputs = paths.map { TraceInput(name: InputName($0) { _ in true }, naming: PointNaming()) }
    let analysis = TraceAnalysis(inputs: inputs, options: options)
    analysis.prepare()
    return analysis
  }

  private static func correlate(_ paths: [String]) throws(CaptureError) -> String {
    let analysis = prepared(paths)
    var (packets, lost) = (0, 0)
    analysis.run { trajectory, _ in
      packets += 1
      if case .lost = trajectory.outcome { lost += 1 }
    }
    if let error = analysis.errors.first { throw error }
    return "\(packets) packets, \(lost) lost"
  }
}

/// Walks through the frames of a capture in runs, as the tracing does, and gives back the memory behind.
private struct FrameWalk: ~Copyable {
  private static let releaseStep: UInt64 = 8 << 20

  private var reader: CaptureReader
  private var releasedOffset: UInt64 = 0
  private(set) var count = 0

  init(path: String) throws(CaptureError) {
    reader = try CaptureReader(path: path)
  }

  var linkType: LinkType { reader.interfaces.first?.linkType ?? .ethernet }

  mutating func advance() throws(CaptureError) -> Bool {
    if reader.byteOffset > releasedOffset + Self.releaseStep {
      releasedOffset = reader.byteOffset
      reader.releasePages(before: releasedOffset)
    }
    return try reader.advance()
  }

  /// The sum of what the frames at hand amount to.
  ///
  /// - Parameters:
  ///   - usual: what a frame amounts to; nil ends the run.
  ///   - other: the same of one that `usual` knows nothing of.
  @inline(__always)
  mutating func takeRun(
    _ usual: (borrowing RecordRun.Record) -> UInt64?,
    other: (_ bytes: RawSpan, _ originalLength: UInt32) -> UInt64
  ) -> UInt64 {
    let (sum, taken, end) = Self.sum(reader.run(), usual)
    guard taken > 0 else {
      count += 1
      return other(reader.bytes(), reader.current.originalLength)
    }
    reader.moveOn(behind: taken, to: end)
    count += taken
    return sum
  }

  @inline(__always)
  private static func sum(
    _ run: borrowing RecordRun, _ usual: (borrowing RecordRun.Record) -> UInt64?
  ) -> (sum: UInt64, taken: Int, end: Int) {
    var (sum, taken, place, longest) = (UInt64(0), 0, run.place, 0)
    // As many as a batch of the tracing has.
    while taken < 128, let record = run.record(at: place), let own = usual(record) {
      longest = max(longest, record.end &- place)
      run.expectRecords(behind: record.end, longest: longest)
      sum &+= own
      taken += 1
      place = record.end
    }
    return (sum, taken, place)
  }
}
