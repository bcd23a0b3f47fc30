/// What is left of a frame from one header on: the captured bytes, and how many there were on the wire.
struct WireBytes: ~Escapable {
  /// Never more than `length` bytes: padding behind a packet is not part of it.
  let captured: RawSpan
  /// Bytes on the wire, as the enclosing header says.
  let length: Int
  /// Offset of the first byte in the captured frame.
  let offset: UInt32

  /// `captured` may hold more than `length` bytes: the rest is not taken.
  @inline(always)
  @_lifetime(copy captured)
  init(_ captured: RawSpan, length: Int, offset: UInt32 = 0) {
    self.captured = captured.byteCount > length ? captured.extracting(first: length) : captured
    self.length = length
    self.offset = offset
  }

  /// What follows the first `count` bytes; nothing if fewer were captured.
  @inline(always)
  @_lifetime(copy self)
  func dropping(_ count: Int) -> WireBytes {
    WireBytes(
      captured.extracting(droppingFirst: min(count, captured.byteCount)),
      length: max(length - count, 0),
      offset: offset &+ UInt32(truncatingIfNeeded: count))
  }

  /// The same bytes where their length on the wire is known better.
  @inline(always)
  @_lifetime(copy self)
  func limited(to length: Int) -> WireBytes {
    WireBytes(captured, length: length, offset: offset)
  }

  /// How decoding ends when the header at the start of these bytes could not be read: a header that did
  /// not fit on the wire is the packet's fault, one that was not captured is the capture's.
  func end(_ error: HeaderError, at layer: Layer) -> DecodingEnd {
    switch error {
    case .short(let required) where required <= length: .truncated(layer, offset: offset)
    case .short, .invalid: .malformed(layer, offset: offset)
    }
  }
}
