/// A packet of the BSD loopback device. LINKTYPE_NULL and LINKTYPE_LOOP, tcpdump.org/linktypes.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------------------------------------------------------+
///    |                    address family (AF_…)                      |
///    +---------------------------------------------------------------+
struct LoopbackPacket: ~Escapable {
  static let headerLength = 4

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  /// In the byte order of the machine that captured, for LINKTYPE_NULL: families are small numbers.
  var family: UInt32 {
    let number = bytes.networkUInt32(at: 0)
    return number > UInt16.max ? number.byteSwapped : number
  }

  /// The IP version of the family; nil for other families.
  var version: UInt8? {
    switch family {
    case 2: 4
    // Linux; Windows; NetBSD and OpenBSD; FreeBSD; Darwin.
    case 10, 23, 24, 28, 30: 6
    default: nil
    }
  }
}
