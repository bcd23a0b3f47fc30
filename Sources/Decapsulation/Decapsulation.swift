package import Captures
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
  /// end of all.
  private func nextSource(
    _ output: inout FrameOutput
  ) -> (source: DecapsulationSource, limit: Int64)? {
    var earliest: (source: DecapsulationSource, time: Int64)?
    var limit = Int64.max
    for source in sources {
      guard let time = source.nextTime(&output) else { continue }
      if let other = earliest, other.time <= time {
        limit = min(limit, time)
      } else {
        limit = min(limit, earliest?.time ?? .max)
        earliest = (source, time)
      }
    }
    return earliest.map { ($0.source, limit) }
  }
}
