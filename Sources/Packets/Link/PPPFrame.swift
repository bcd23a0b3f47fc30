/// A frame of the point-to-point protocol, with or without HDLC's address and control. RFC 1661,
/// section 2; RFC 1662, section 3.1.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+---------------+-------------------------------+
///    | address 0xff  |   control 3   |    protocol (1 or 2 bytes)    |
///    +---------------+---------------+-------------------------------+
struct PPPFrame: ~Escapable {
  private let bytes: RawSpan
  private let protocolOffset: Int

  /// Throws `short` for less than the protocol.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount > 0 else { throw .short(required: 1) }
    // No protocol begins so: 0xff is for the address (RFC 1661, section 2).
    protocolOffset = bytes.byte(at: 0) == 0xff ? 2 : 0
    guard bytes.byteCount > protocolOffset else { throw .short(required: protocolOffset + 1) }
    self.bytes = bytes
    guard bytes.byteCount >= headerLength else { throw .short(required: headerLength) }
  }

  /// A protocol's number ends in an odd byte; a first byte that is odd stands alone (RFC 1661,
  /// section 6.5).
  private var isCompressed: Bool { bytes.byte(at: protocolOffset) & 1 != 0 }

  /// In bytes.
  var headerLength: Int { protocolOffset + (isCompressed ? 1 : 2) }

  var protocolNumber: UInt16 {
    isCompressed
      ? UInt16(bytes.byte(at: protocolOffset)) : bytes.networkUInt16(at: protocolOffset)
  }

  /// The IP version of the payload; nil for other protocols.
  var version: UInt8? {
    switch protocolNumber {
    case 0x0021: 4
    case 0x0057: 6
    default: nil
    }
  }
}
