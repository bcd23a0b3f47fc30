/// Reading on from a moment, without all that was captured before it.
extension CaptureReader {
  /// Records are walked through over this many bytes at the most, once the place is known so well.
  private static let walkLength: UInt64 = 1 << 20

  /// Places a capture that can be read again behind the first record of a time or later, about there:
  /// records stand in the order of their capture, which is nearly that of their times.
  ///
  /// A mapped capture is searched (frame numbers are 0 from there on, until `rewind()`), a compressed
  /// one read on. Returns false where there is no such record.
  ///
  /// - Parameter time: nanoseconds since 1970.
  package mutating func seek(to time: Int64) -> Bool {
    guard canRewind else { return false }
    if isMapped { approach(time) }
    do throws(CaptureError) {
      while try advance() {
        if current.time >= time { return true }
      }
    } catch {
      // What cannot be read is named when the capture is read whole.
    }
    return false
  }

  /// Goes to a record before the time, and not far from it if the capture can be searched.
  private mutating func approach(_ time: Int64) {
    rewind()
    guard case true? = try? advance(), let size else { return rewind() }
    var low = (offset: UInt64(0), time: current.time)
    var lowPlace: Place?
    var highOffset = size
    while highOffset - low.offset > Self.walkLength, low.time < time {
      let middle = low.offset + (highOffset - low.offset) / 2
      guard resynchronise(at: middle) else { break }
      let place = self.place
      guard case true? = try? advance() else { break }
      if current.time < time {
        low = (middle, current.time)
        lowPlace = place
      } else {
        highOffset = middle
      }
    }
    if let lowPlace { place = lowPlace } else { rewind() }
  }
}
