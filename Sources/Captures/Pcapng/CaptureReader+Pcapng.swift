/// The blocks of a pcapng in their order: packets are handed on, interfaces and statistics remembered.
extension CaptureReader {
  mutating func nextPcapngRecord() throws(CaptureError) -> RecordLocation? {
    while let block = try pcapngBlock() {
      if block.isPacket {
        return try locatePacket(in: block)
      }
      try readMetadata(in: block)
    }
    return nil
  }

  /// Learns the interfaces that are described before the first packet, without waiting for more bytes.
  mutating func readLeadingBlocks() {
    do throws(CaptureError) {
      while window.available >= PcapngBlock.headerLength + PcapngBlock.trailerLength {
        let block = try pcapngBlockHeader()
        guard !block.isPacket, window.available >= block.length else { return }
        try checkTrailer(of: block)
        try readMetadata(in: block)
      }
    } catch {
      // The block stays where it is: `next()` will come to it and throw.
    }
  }

  /// The block at the position, all of it at hand; nil at the end of the capture.
  private mutating func pcapngBlock() throws(CaptureError) -> PcapngBlock? {
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
  private mutating func pcapngBlockHeader() throws(CaptureError) -> PcapngBlock {
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
  private func checkTrailer(of block: PcapngBlock) throws(CaptureError) {
    let offset = block.length - PcapngBlock.trailerLength
    let length = window.integer(at: offset, as: UInt32.self, section.order)
    guard length == block.length else {
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

  /// Steps over a packet block.
  private mutating func locatePacket(
    in block: PcapngBlock
  ) throws(CaptureError) -> RecordLocation {
    let packet: PcapngPacket
    switch block.kind {
    case .simplePacket: packet = PcapngPacket(simplePacketIn: window, block, section)
    case .packet: packet = PcapngPacket(obsoletePacketIn: window, section.order)
    default: packet = PcapngPacket(enhancedPacketIn: window, section.order)
    }
    guard packet.interface < section.interfaces.count else {
      throw undefinedInterface(packet.interface)
    }
    guard packet.capturedLength <= packet.space(in: block),
      packet.capturedLength <= RecordLocation.maximumLength
    else {
      throw impossibleCapturedLength(
        packet.capturedLength, limit: min(packet.space(in: block), RecordLocation.maximumLength))
    }
    let interface = section.interfaces[packet.interface]
    let start = window.position + packet.offset
    window.advance(by: block.length)
    return RecordLocation(
      start: start,
      length: Int(packet.capturedLength),
      originalLength: packet.originalLength,
      time: packet.timestamp.map(interface.timestamps.nanoseconds) ?? 0,
      interface: interface.index
    )
  }

  /// Steps over a block that is no packet.
  private mutating func readMetadata(in block: PcapngBlock) throws(CaptureError) {
    switch block.kind {
    case .sectionHeader: try checkVersion()
    case .interfaceDescription: addInterface(block)
    case .interfaceStatistics: addStatistics(block)
    default: break
    }
    window.advance(by: block.length)
  }

  private func checkVersion() throws(CaptureError) {
    let version = window.integer(
      at: SectionHeaderBlock.majorVersionOffset, as: UInt16.self, section.order)
    guard version == 1 else {
      throw failure(
        .unsupportedVersion, isPacket: false, "pcapng version \(version): version 1 expected")
    }
  }

  private mutating func addInterface(_ block: PcapngBlock) {
    let description = InterfaceDescriptionBlock(
      window.bytes(from: window.position, count: block.length), section.order)
    let index = interfaceIndices[byteOffset] ?? interfaces.count
    if index == interfaces.count {
      interfaceIndices[byteOffset] = index
      interfaces.append(description.interface)
    }
    section.interfaces.append(
      PcapngSection.Interface(
        index: index,
        timestamps: description.timestamps,
        snapshotLength: description.interface.snapshotLength
      ))
  }

  /// Later statistics of an interface replace earlier ones: they count from the start of capturing.
  private mutating func addStatistics(_ block: PcapngBlock) {
    let statistics = InterfaceStatisticsBlock(
      window.bytes(from: window.position, count: block.length), section.order)
    guard statistics.interface < section.interfaces.count else { return }
    let interface = section.interfaces[statistics.interface]
    if let drops = statistics.drops {
      interfaces[interface.index].drops = drops
    }
    if let time = statistics.startTime {
      interfaces[interface.index].startTime = interface.timestamps.nanoseconds(time)
    }
    if let time = statistics.endTime {
      interfaces[interface.index].endTime = interface.timestamps.nanoseconds(time)
    }
  }
}
