/// A captured frame with a fragment of an outer packet, kept until the other fragments are there.
package struct HeldFragment: Sendable {
  /// The captured frame.
  package let bytes: [UInt8]
  package let summary: PacketSummary
  /// In nanoseconds.
  package let time: Int64
  package let frameNumber: UInt64
  let fragment: IPFragment
  /// Of the fragmented IP header, in bytes.
  let networkOffset: Int

  /// Of the frame on the wire, in bytes, without padding unless that was captured.
  package var originalLength: UInt32 {
    let length = networkOffset + fragment.headerLength + fragment.payloadLength
    return UInt32(truncatingIfNeeded: max(length, bytes.count))
  }

  /// Where in the captured frame the payload lies; shorter than on the wire if the capture cut it.
  var payload: Range<Int> {
    let start = networkOffset + fragment.headerLength
    return start..<min(start + fragment.payloadLength, bytes.count)
  }

  var isCut: Bool { payload.count < fragment.payloadLength }
}
