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
    take(section.packets.location(of: packet, in: block, at: window.position))
    isUntimed = packet.timestamp == nil
  }

  func packet(in block: PcapngBlock) -> PcapngPacket {
    switch block.kind {
    case .simplePacket: PcapngPacket(simplePacketIn: window, block, section)
    case .packet: PcapngPacket(obsoletePacketIn: window, section.order)
    default:
      PcapngPacket(
        enhancedPacketIn: window.bytes(from: window.position, count: block.length), section.order)
    }
  }

  /// Steps over a block that is no packet.
  private mutating func readMetadata(in block: PcapngBlock) throws(CaptureError) {
    switch block.kind {
    case .sectionHeader:
      try checkVersion()
      noteSection(block)
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

  /// Notes who wrote the section, and the tables in the first one: a capture is of one node.
  private mutating func noteSection(_ block: PcapngBlock) {
    section.isOwn = SectionHeaderBlock.isOwn(
      window.bytes(from: window.position, count: block.length), section.order)
    guard byteOffset == 0, nodeTables == nil else { return }
    nodeTables = NodeTables.json(
      inSectionHeader: window.bytes(from: window.position, count: block.length), section.order)
  }

  private mutating func addInterface(_ block: PcapngBlock) {
    let description = InterfaceDescriptionBlock(
      window.bytes(from: window.position, count: block.length), section.order)
    let index = interfaceIndices[byteOffset] ?? interfaces.count
    if index == interfaces.count {
      interfaceIndices[byteOffset] = index
      interfaces.append(description.interface)
      interfaces[index].filtersInnerPackets = section.isOwn
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
    interfaces[interface.index].add(statistics, interface.timestamps)
  }
}

extension CaptureInterface {
  fileprivate mutating func add(
    _ statistics: InterfaceStatisticsBlock, _ timestamps: TimestampUnit
  ) {
    if let count = statistics.received { received = max(count, received ?? 0) }
    if let count = statistics.accepted { accepted = max(count, accepted ?? 0) }
    if let drops = statistics.dropsByInterface {
      dropsByInterface = max(drops, dropsByInterface ?? 0)
    }
    if let drops = statistics.dropsBySystem { dropsBySystem = max(drops, dropsBySystem ?? 0) }
    let time = timestamps.nanoseconds(statistics.time)
    statisticsTime = max(time, statisticsTime ?? time)
    if let time = statistics.startTime {
      startTime = timestamps.nanoseconds(time)
    }
    if let time = statistics.endTime {
      let end = timestamps.nanoseconds(time)
      endTime = max(end, endTime ?? end)
    }
  }
}
