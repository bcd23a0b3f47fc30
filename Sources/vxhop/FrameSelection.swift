import ArgumentParser
import Trajectories

/// `FILE:N`: the packet in one frame of one capture.
struct FrameSelection {
  let path: String
  let frame: UInt64

  init(parsing text: String) throws {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      let frame = UInt64(text[text.index(after: colon)...]), frame > 0
    else {
      throw ValidationError("'\(text)' is not FILE:N, N being the frame's number from 1.")
    }
    path = String(text[..<colon])
    self.frame = frame
  }

  /// The input that is meant: named as on the command line, or by its last part if only one has it.
  func file(among inputs: [TraceInput]) throws -> UInt16 {
    if let exact = inputs.firstIndex(where: { $0.path == path }) { return UInt16(exact) }
    let named = inputs.indices.filter { inputs[$0].path.split(separator: "/").last == path[...] }
    guard named.count == 1 else {
      throw ValidationError(
        named.isEmpty
          ? "--frame names '\(path)', which is not among the captures."
          : "--frame names '\(path)', which several captures are called: give its path.")
    }
    return UInt16(named[0])
  }
}
