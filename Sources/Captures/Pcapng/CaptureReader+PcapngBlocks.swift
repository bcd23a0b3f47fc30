/// The framing of pcapng blocks, read at the window's position.
extension CaptureReader {
  /// The block at the position, all of it at hand; nil at the end of the capture.
  mutating func pcapngBlock() throws(CaptureError) -> PcapngBlock? {
    let framingLength = PcapngBlock.headerLength + PcapngBlock.trailerLength
    guard try window.holds(framingLength) else {
      if window.available == 0 {
        return nil
      }
      throw truncated("block header", needed: framingLength, isPacket: false)
    }
    let block = try pcapngBlockHeader()
    guard try window.holds(block.length) else {
      throw truncated("block", needed: block.length, isPacket: block.isPacket)
    }
    try checkTrailer(of: block)
    return block
  }

  /// Type and length of the block at the position, whose first 12 bytes are at hand.
  mutating func pcapngBlockHeader() throws(CaptureError) -> PcapngBlock {
    let type = window.integer(at: 0, as: UInt32.self, section.order)
    let kind = PcapngBlock.Kind(rawValue: type)
    if kind == .sectionHeader {
      let offset = SectionHeaderBlock.byteOrderMagicOffset
      let magic = window.integer(at: offset, as: UInt32.self, .big)
      guard let order = SectionHeaderBlock.order(magic: magic) else {
        throw failure(
          .notACapture,
          isPacket: false,
          "no pcapng section: byte-order magic 1a2b3c4d expected, not \(String(magic, radix: 16))"
        )
      }
      section = PcapngSection(order: order)
    }
    let length = window.integer(at: 4, as: UInt32.self, section.order)
    let block = PcapngBlock(kind: kind, length: Int(length))
    guard block.length >= block.minimumLength, block.length <= PcapngBlock.maximumLength else {
      throw failure(
        .impossibleLength,
        isPacket: block.isPacket,
        """
        impossible length \(length) of a block of type \(type): \
        \(block.minimumLength) to \(PcapngBlock.maximumLength) bytes expected; \
        the capture is damaged from here on: what is before is read
        """
      )
    }
    return block
  }

  /// Checks that the length at the block's end is the one at its start.
  func checkTrailer(of block: PcapngBlock) throws(CaptureError) {
    let offset = block.length - PcapngBlock.trailerLength
    let length = window.integer(at: offset, as: UInt32.self, section.order)
    if length != block.length {
      throw failure(
        .impossibleLength,
        isPacket: block.isPacket,
        """
        a block of length \(block.length) ends with the length \(length): the same expected; \
        the capture is damaged from here on: what is before is read
        """
      )
    }
  }
}
