/// What follows the EtherType of a tagged frame. IEEE 802.1Q, clause 9.6; the same for 802.1ad.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-----+-+-----------------------+-------------------------------+
///    | PCP |D|    VLAN identifier    |    EtherType of the payload   |
///    +-----+-+-----------------------+-------------------------------+
struct VLANTag: ~Escapable {
  static let headerLength = 4

  private let bytes: RawSpan

  /// Throws `short` for less than a tag.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  /// 12 bits; 0 in a tag that only sets the priority.
  var identifier: UInt16 { bytes.networkUInt16(at: 0) & 0x0fff }
  var etherType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 2)) }
}
