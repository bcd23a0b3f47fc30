/// draft-ietf-opsawg-pcapng, section 4.4, after the block's type and length:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |                    Original Packet Length                     |
///     +---------------------------------------------------------------+
///     /                          Packet Data                          /
///     +---------------------------------------------------------------+
///
/// It belongs to the section's first interface, whose snapshot length limits what was captured.
extension PcapngPacket {
  init(
    simplePacketIn window: borrowing ByteWindow, _ block: PcapngBlock, _ section: PcapngSection
  ) {
    let originalLength = window.integer(at: 8, as: UInt32.self, section.order)
    let snapshotLength = section.interfaces.first?.snapshotLength ?? 0
    let offset = 12
    let space = UInt32(block.length - offset - PcapngBlock.trailerLength)
    self.init(
      interface: 0,
      timestamp: nil,
      capturedLength: min(originalLength, snapshotLength == 0 ? .max : snapshotLength, space),
      originalLength: originalLength,
      offset: offset
    )
  }
}
