/// The errors of reading. None of this is inlined: it would only lengthen the path of each packet.
extension CaptureReader {
  @inline(never)
  func failure(_ code: CaptureError.Code, isPacket: Bool, _ explanation: String) -> CaptureError {
    CaptureError(
      code: code,
      path: path,
      frame: isPacket && countsFrames ? frame + 1 : nil,
      byteOffset: byteOffset,
      explanation: explanation
    )
  }

  /// The capture ends within what begins at the position.
  @inline(never)
  func truncated(_ what: String, needed: Int, isPacket: Bool) -> CaptureError {
    failure(
      .truncated,
      isPacket: isPacket,
      """
      the capture ends within this \(what): \(needed) bytes expected, \(window.available) there; \
      it was cut short, or copied while it was being written: what is before is read
      """
    )
  }

  @inline(never)
  func impossibleCapturedLength(
    _ length: UInt32, limit: Int = RecordLocation.maximumLength
  ) -> CaptureError {
    failure(
      .impossibleLength,
      isPacket: true,
      """
      impossible captured length \(length): at most \(limit) bytes expected; \
      the capture is damaged from here on: what is before is read
      """
    )
  }

  @inline(never)
  func undefinedInterface(_ identifier: Int) -> CaptureError {
    failure(
      .undefinedInterface,
      isPacket: true,
      """
      a packet of interface \(identifier), but the section describes \(section.interfaces.count) \
      before it; the capture is damaged from here on: what is before is read
      """
    )
  }
}
