/// An Ethernet frame without preamble and frame check sequence. IEEE 802.3, clause 3.
///
///     0                   1
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3
///    +-----------+-----------+---+
///    |destination|  source   |typ|    (bytes)
///    +-----------+-----------+---+
struct EthernetFrame: ~Escapable {
  static let headerLength = 14

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  var destination: UInt64 { bytes.networkUInt64(at: 0) >> 16 }
  var source: UInt64 { bytes.networkUInt64(at: 6) >> 16 }
  /// Whether the source may be a station's address: no group's (bit 40), and not zero (clause 3.2.3).
  var isFromStation: Bool { source >> 40 & 1 == 0 && source != 0 }
  /// A length if at most 1500 (IEEE 802.3, clause 3.2.6).
  var etherType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 12)) }
}
