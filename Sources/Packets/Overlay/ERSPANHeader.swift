/// The header of a mirrored frame, types II and III (type I has none). draft-foschiano-erspan,
/// section 4.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------+-----------------------+-----+---+-+-------------------+
///    |  Ver  |         VLAN          | COS |En |T|session identifier |
///    +-------+-----------------------+-----+---+-+-------------------+
///    |     type II: reserved and index, type III: timestamp          |
///    +-------------------------------+-+---------+-----------+-+---+-+
///    |  type III: security group tag |P|frame typ|hardware id|D|Gra|O|
///    +-------------------------------+-+---------+-----------+-+---+-+
///    |          type III: platform specific, 8 bytes (if O)          |
struct ERSPANHeader: ~Escapable {
  private static let type2Length = 8
  private static let type3Length = 12
  private static let platformSpecificLength = 8

  private let bytes: RawSpan
  /// In bytes.
  let length: Int

  /// Throws `short` for less than the header, `invalid` for other types and for mirrored IP packets
  /// without Ethernet.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.type2Length else { throw .short(required: Self.type2Length) }
    switch bytes.byte(at: 0) >> 4 {
    case 1:
      length = Self.type2Length
    case 2:
      guard bytes.byteCount >= Self.type3Length else { throw .short(required: Self.type3Length) }
      let last = bytes.networkUInt16(at: 10)
      guard last & 0x7c00 == 0 else { throw .invalid }
      length = Self.type3Length + (last & 1 != 0 ? Self.platformSpecificLength : 0)
      guard bytes.byteCount >= length else { throw .short(required: length) }
    default:
      throw .invalid
    }
    self.bytes = bytes
  }

  /// 10 bits.
  var sessionIdentifier: UInt32 { UInt32(bytes.networkUInt16(at: 2) & 0x03ff) }
}
