/// The blocks of a pcapng in their order: packets are handed on, interfaces and statistics
/// remembered.
extension CaptureReader {
  /// Steps over the next packet block and what is before it; false at the end.
  mutating func nextPcapngRecord() throws(CaptureError) -> Bool {
    while let block = try pcapngBlock() {
      if block.isPacket {
        try locatePacket(in: block)
        return true
      }
      try readMetadata(in: block)
    }
    return false
  }

  /// Learns the interfaces that are described before the first packet, without waiting for more
  /// bytes.
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

  /// Steps over a packet block and remembers its place.
  private mutating func locatePacket(in block: PcapngBlock) throws(CaptureError) {
    let packet = packet(in: block)
    guard packet.interface < section.interfaces.count else {
      throw undefinedInterface(packet.interface)
    }
    let limit = min(packet.space(in: block), RecordLocation.maximumLength)
    guard packet.capturedLength <= limit else {
      throw impossibleCapturedLength(packet.capturedLength, limit: limit)
    }
    let interface = section.interfaces[packet.interface]
    isUntimed = packet.timestamp == nil
    let start = window.position + packet.offset
    window.advance(by: block.length)
    current = RecordLocation(
      start: start,
      length: Int(packet.capturedLength),
      originalLength: packet.originalLength,
      time: packet.timestamp.map(interface.timestamps.nanoseconds) ?? 0,
      interface: interface.index
    )
  }

  func packet(in block: PcapngBlock) -> PcapngPacket {
    switch block.kind {
    case .simplePacket: PcapngPacket(simplePacketIn: window, block, section)
    case .packet: PcapngPacket(obsoletePacketIn: window, section.order)
    default: PcapngPacket(enhancedPacketIn: window, section.order)
    }
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

  /// Later statistics of an interface tell more than earlier ones: they count from the start of capturing.
  /// The earlier ones may be read again, after the end was looked at.
  private mutating func addStatistics(_ block: PcapngBlock) {
    let statistics = InterfaceStatisticsBlock(
      window.bytes(from: window.position, count: block.length), section.order)
    guard statistics.interface < section.interfaces.count else { return }
    let interface = section.interfaces[statistics.interface]
    if let drops = statistics.drops {
      interfaces[interface.index].drops = max(drops, interfaces[interface.index].drops ?? 0)
    }
    if let time = statistics.startTime {
      interfaces[interface.index].startTime = interface.timestamps.nanoseconds(time)
    }
    if let time = statistics.endTime {
      let end = interface.timestamps.nanoseconds(time)
      interfaces[interface.index].endTime = max(end, interfaces[interface.index].endTime ?? end)
    }
  }
}
