/// Reading on from a moment, without all that was captured before it.
extension CaptureReader {
  /// Records are walked through over this many bytes at the most, once the place is known so well.
  private static let walkLength: UInt64 = 256 << 10
  /// Looks that may find no record, of which each takes long.
  private static let vainLookLimit = 4

  /// Places a capture that can be read again behind the first record of a time or later, about there:
  /// records stand in the order of their capture, which is nearly that of their times.
  ///
  /// A mapped capture is searched (frame numbers are 0 from there on, until `rewind()`), a compressed
  /// one read on. Returns false where there is no such record.
  ///
  /// - Parameters:
  ///   - time: nanoseconds since 1970.
  ///   - last: about the time of the last record, by which the place is guessed.
  package mutating func seek(to time: Int64, last: Int64) -> Bool {
    guard canRewind else { return false }
    if isMapped { approach(time, last: last) }
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
  private mutating func approach(_ time: Int64, last: Int64) {
    rewind()
    guard case true? = try? advance(), let size else { return rewind() }
    var span = SearchedSpan(
      low: (offset: 0, time: current.time), high: (offset: size, time: last))
    var lowPlace: Place?
    var vainLooks = 0
    while span.length > Self.walkLength, span.low.time < time, vainLooks < Self.vainLookLimit {
      let probe = span.nextProbe(for: time, margin: Self.walkLength / 4)
      if let found = look(at: probe) {
        if found.time < time {
          span.low = (probe, found.time)
          lowPlace = found.place
        } else {
          span.high = (probe, found.time)
        }
      } else {
        // Nothing can be read there: it is behind the last record, for what is searched.
        span.high.offset = probe
        vainLooks += 1
      }
    }
    if let lowPlace { place = lowPlace } else { rewind() }
  }

  /// The first record at or after a byte offset; nil if there is none near.
  private mutating func look(at byteOffset: UInt64) -> (place: Place, time: Int64)? {
    guard resynchronise(at: byteOffset) else { return nil }
    let place = self.place
    guard case true? = try? advance() else { return nil }
    return (place, current.time)
  }
}
