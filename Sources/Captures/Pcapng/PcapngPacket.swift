/// What the three kinds of packet blocks say, read with the block at the window's position.
struct PcapngPacket: BitwiseCopyable {
  /// Identifier in the section.
  let interface: Int
  /// In the interface's unit; nil if the block has none.
  let timestamp: UInt64?
  let capturedLength: UInt32
  let originalLength: UInt32
  /// Where the packet begins in the block, in bytes.
  let offset: Int

  /// Bytes that a block of a total length has for the packet and its options.
  func space(in block: PcapngBlock) -> Int {
    block.length - offset - PcapngBlock.trailerLength
  }
}
