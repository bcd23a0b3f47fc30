/// Frames by what was noted of them.
package struct FrameTally<Reason: Equatable & Sendable>: Sendable {
  package struct Entry: Sendable {
    package let reason: Reason
    package fileprivate(set) var frames: UInt64 = 0
    /// The first one: number of its input, and of the frame in it.
    package let file: Int
    package let frame: UInt64
  }

  /// In the order of the first frames.
  package private(set) var entries: [Entry] = []

  mutating func note(_ reason: Reason, file: Int, frame: UInt64) {
    let index = entries.firstIndex { $0.reason == reason } ?? entries.count
    if index == entries.count { entries.append(Entry(reason: reason, file: file, frame: frame)) }
    entries[index].frames += 1
  }

  /// The counts and the first frames, in words; nil if nothing was noted.
  ///
  /// - Parameter files: what the inputs are called.
  func list(files: [String], _ text: (Reason) -> String) -> String? {
    guard !entries.isEmpty else { return nil }
    return entries.map {
      "\($0.frames) \(text($0.reason)) (first: \(files[$0.file]) frame \($0.frame))"
    }.joined(separator: ", ")
  }
}
