/// A message of WireGuard, as far as it is not encrypted. "WireGuard: Next Generation Kernel
/// Network Tunnel", section 5.4.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------+-----------------------------------------------+
///    |     type      |                 reserved, zero                |
///    +---------------+-----------------------------------------------+
struct WireGuardMessage: ~Escapable {
  private static let fixedLength = 4
  /// Header, counter and authentication tag of a message without payload: a keepalive.
  private static let minimumDataLength = 32

  private let bytes: RawSpan
  /// In bytes, on the wire.
  private let length: Int

  /// Throws `short` for less than the type and the reserved bytes.
  @_lifetime(copy bytes)
  init(_ bytes: WireBytes) throws(HeaderError) {
    guard bytes.captured.byteCount >= Self.fixedLength else {
      throw .short(required: Self.fixedLength)
    }
    self.bytes = bytes.captured
    length = bytes.length
  }

  /// Whether the type is known and the length is that of the type.
  var isPlausible: Bool {
    guard bytes.networkUInt32(at: 0) & 0x00ff_ffff == 0 else { return false }
    return switch bytes.byte(at: 0) {
    case 1: length == 148
    case 2: length == 92
    case 3: length == 64
    // Data is padded to 16 bytes.
    case 4: length >= Self.minimumDataLength && length % 16 == 0
    default: false
    }
  }
}
