/// draft-ietf-opsawg-pcapng, section 4.3, after the block's type and length:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |                         Interface ID                          |
///     +---------------------------------------------------------------+
///     |                     Timestamp (Upper 32 bits)                 |
///     +---------------------------------------------------------------+
///     |                     Timestamp (Lower 32 bits)                 |
///     +---------------------------------------------------------------+
///     |                    Captured Packet Length                     |
///     +---------------------------------------------------------------+
///     |                    Original Packet Length                     |
///     +---------------------------------------------------------------+
///     /                          Packet Data                          /
///     +---------------------------------------------------------------+
///     /                           Options                             /
///     +---------------------------------------------------------------+
extension PcapngPacket {
  private static let packetOffset = 28

  /// - Parameter bytes: the block's.
  @inline(__always)
  init(enhancedPacketIn bytes: RawSpan, _ order: ByteOrder) {
    let upper = bytes.integer(at: 12, as: UInt32.self, order)
    let lower = bytes.integer(at: 16, as: UInt32.self, order)
    self.init(
      interface: Int(bytes.integer(at: 8, as: UInt32.self, order)),
      timestamp: UInt64(upper) << 32 | UInt64(lower),
      capturedLength: bytes.integer(at: 20, as: UInt32.self, order),
      originalLength: bytes.integer(at: 24, as: UInt32.self, order),
      offset: Self.packetOffset
    )
  }
}
