package import Captures
import Glibc
import Topology

/// Recovers inner frames: records of captures in, frames without their tunnels out.
///
/// The records of several inputs are brought into one order of recorded time. Whatever is no tunnel
/// passes as it is. Outer fragments are put together first.
package final class Decapsulation {
  /// Inputs that could not be opened or read to their end.
  package private(set) var errors: [CaptureError] = []
  package private(set) var counts = DecapsulationCounts()
  private let options: DecapsulationOptions
  private var sources: [DecapsulationSource] = []

  /// How long frames wait for those of a stream that has none, in nanoseconds.
  private static let mergePatience: Int64 = 1_000_000_000

  /// Opens the inputs.
  package init(inputs: [DecapsulationInput], options: DecapsulationOptions) {
    self.options = options
    for (file, input) in inputs.enumerated() {
      do throws(CaptureError) {
        let reader = try CaptureReader(path: input.name.path)
        sources.append(
          DecapsulationSource(reader: reader, file: file, input: input, options: options))
      } catch {
        errors.append(error)
      }
    }
  }

  /// Whether anything can be read at all.
  package var hasOpenInput: Bool { !sources.isEmpty }

  /// Whether an input is no regular file, so that nobody knows when it ends.
  package var hasStream: Bool { sources.contains { !$0.isRegular } }

  /// Reads all inputs to their ends, or until nobody takes the frames any more.
  package func run(writingTo writer: consuming CaptureWriter) {
    // What comes from a pipe goes on at once.
    var output = FrameOutput(writer: writer, options: options, isOrdered: !hasStream)
    for source in sources { source.addInterfaces(to: &output) }
    while !output.isClosed, let (source, limit) = nextSource(&output) {
      source.takeRecords(upTo: limit, into: &output)
    }
    for source in sources {
      source.finish(into: &output)
      if let error = source.error { errors.append(error) }
    }
    output.finish()
    counts = output.counts
  }

  /// The source with the earliest record, and the time of the earliest one of the others; nil at the
  /// end of all. Waits for streams whose next record has not come yet.
  private func nextSource(
    _ output: inout FrameOutput
  ) -> (source: DecapsulationSource, limit: Int64)? {
    while true {
      var earliest: (source: DecapsulationSource, time: Int64)?
      var limit = Int64.max
      var isIncomplete = false
      for source in sources {
        guard let time = source.nextTime() else {
          if source.awaited != nil { isIncomplete = true }
          continue
        }
        source.isQuiet = false
        if let other = earliest, other.time <= time {
          limit = min(limit, time)
        } else {
          limit = min(limit, earliest?.time ?? .max)
          earliest = (source, time)
        }
      }
      if isIncomplete {
        guard let earliest, sources.allSatisfy({ $0.awaited == nil || $0.isQuiet }) else {
          waitForStreams(isOneThere: earliest != nil, &output)
          continue
        }
        // The others may have a record when this one is taken.
        limit = earliest.time
      }
      guard let earliest else { return nil }
      for source in sources { source.pass(to: earliest.time, into: &output) }
      return (earliest.source, limit)
    }
  }

  /// Waits for streams: for as long as it takes, but not for long while another one has a record, and only
  /// until fragments are to be given up. What was written so far is handed on before.
  private func waitForStreams(isOneThere: Bool, _ output: inout FrameOutput) {
    output.flush()
    let patience =
      isOneThere ? Self.mergePatience : sources.compactMap(\.fragmentPatience).min()
    var requests = sources.compactMap(\.awaited).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    let milliseconds = patience.map { Int32(clamping: $0 / 1_000_000 + 1) } ?? -1
    guard unsafe poll(&requests, nfds_t(requests.count), milliseconds) == 0 else { return }
    for source in sources {
      if isOneThere && source.awaited != nil { source.isQuiet = true }
      source.pass(Int64(milliseconds) * 1_000_000, into: &output)
    }
  }
}
