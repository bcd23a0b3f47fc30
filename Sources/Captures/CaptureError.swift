/// What is wrong with a capture: where, what was expected, and what can be done.
package struct CaptureError: Error, CustomStringConvertible, Equatable {
  package enum Code: Sendable {
    /// There is no such file.
    case notFound
    case permissionDenied
    case isDirectory
    /// The system refused to open or read it for another reason.
    case unreadable
    /// Not one byte.
    case empty
    /// The first bytes are those of no capture format.
    case notACapture
    /// The first bytes are those of a file that is compressed in a way that is not read.
    case compressed
    /// The compressed data cannot be unpacked from here on.
    case damaged
    /// A version of pcap or pcapng that is not specified.
    case unsupportedVersion
    /// The capture ends within a header, record or block.
    case truncated
    /// A length contradicts the format or another length.
    case impossibleLength
    /// A pcapng block refers to an interface that its section has not described.
    case undefinedInterface
  }

  package let code: Code
  package let path: String
  /// The packet record that could not be read, counted from 1; nil if it is not a packet's or
  /// unknown.
  package let frame: UInt64?
  /// Where in the capture the unreadable part begins, in bytes; nil if it was not opened.
  package let byteOffset: UInt64?
  /// What is wrong, what was expected and what to do, without the place.
  package let explanation: String

  /// One line for people: file, frame, byte offset, explanation.
  package var description: String {
    var text = path == "-" ? "standard input" : path
    if let frame {
      text += ": frame \(frame)"
    }
    if let byteOffset, byteOffset > 0 {
      text += frame == nil ? ": at byte \(byteOffset)" : " at byte \(byteOffset)"
    }
    return text + ": " + explanation
  }
}
