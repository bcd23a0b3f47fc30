/// One record of one file.
package struct FrameReference: Hashable, Sendable {
  /// Number of the input on the command line, from 0.
  package var file: UInt16
  /// 1-based number of the record in its file.
  package var frame: UInt64

  package init(file: UInt16, frame: UInt64) {
    self.file = file
    self.frame = frame
  }
}
