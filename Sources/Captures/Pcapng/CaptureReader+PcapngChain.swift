extension CaptureReader {
  /// Whether plausible blocks follow each other from the position on, some of them and for `length` bytes, or up to
  /// the very end of the file; the position moves along.
  ///
  /// Only blocks that may follow the first packet count, and packets of interfaces that are known.
  mutating func isPcapngChain(length: Int) -> Bool {
    let start = window.position
    var count = 0
    while window.available > 0,
      window.position - start <= length || count < Self.leastChainCount
    {
      guard let blockLength = plausibleBlockLength() else { return false }
      window.advance(by: blockLength)
      count += 1
    }
    return true
  }

  private func plausibleBlockLength() -> Int? {
    guard window.available >= PcapngBlock.headerLength + PcapngBlock.trailerLength else {
      return nil
    }
    let type = window.integer(at: 0, as: UInt32.self, section.order)
    let length = window.integer(at: 4, as: UInt32.self, section.order)
    let block = PcapngBlock(kind: PcapngBlock.Kind(rawValue: type), length: Int(length))
    guard
      PcapngBlock.typesAfterPackets.contains(type), block.length.isMultiple(of: 4),
      block.length >= block.minimumLength, block.length <= PcapngBlock.maximumLength,
      window.available >= block.length, (try? checkTrailer(of: block)) != nil
    else { return nil }
    if block.isPacket {
      let packet = packet(in: block)
      guard
        packet.interface < section.interfaces.count,
        packet.capturedLength <= min(packet.space(in: block), RecordLocation.maximumLength)
      else { return nil }
    }
    return block.length
  }
}
