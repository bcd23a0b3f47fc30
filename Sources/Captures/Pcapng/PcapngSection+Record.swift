extension PcapngSection {
  /// What packet blocks are read by; two names of one section, of which this one needs no counting.
  @usableFromInline struct Packets: ~Escapable, BitwiseCopyable {
    private let order: ByteOrder
    private let interfaces: Span<Interface>

    @_lifetime(borrow section)
    init(_ section: borrowing PcapngSection) {
      order = section.order
      interfaces = section.interfaces.span
    }
  }
}

extension PcapngSection.Packets {
  /// The packet of an Enhanced Packet Block at a place of the bytes at hand; nil for another block, and for one
  /// that is not whole or contradicts itself.
  @inline(__always)
  func enhancedPacket(in bytes: RawSpan, at place: Int) -> RecordLocation? {
    let available = bytes.byteCount &- place
    guard available >= PcapngBlock.headerLength + PcapngBlock.trailerLength,
      bytes.integer(at: place, as: UInt32.self, order) == PcapngBlock.Kind.enhancedPacket.rawValue
    else { return nil }
    let block = PcapngBlock(
      kind: .enhancedPacket, length: Int(bytes.integer(at: place + 4, as: UInt32.self, order)))
    guard block.length >= block.minimumLength, block.length <= PcapngBlock.maximumLength,
      available >= block.length,
      bytes.integer(
        at: place + block.length - PcapngBlock.trailerLength, as: UInt32.self, order)
        == block.length
    else { return nil }
    let packet = PcapngPacket(
      enhancedPacketIn: bytes.extracting(place..<place + block.length), order)
    guard packet.interface < interfaces.count,
      packet.capturedLength <= min(packet.space(in: block), RecordLocation.maximumLength)
    else { return nil }
    return location(of: packet, in: block, at: place)
  }

  /// The same if it is of an interface of the reader's.
  @usableFromInline
  func enhancedPacket(in bytes: RawSpan, at place: Int, of interface: Int) -> RecordLocation? {
    guard let packet = enhancedPacket(in: bytes, at: place), packet.interface == interface else {
      return nil
    }
    return packet
  }

  /// The packet of a block at a place of the bytes at hand.
  @inline(__always)
  func location(of packet: PcapngPacket, in block: PcapngBlock, at place: Int) -> RecordLocation {
    let interface = interfaces[packet.interface]
    return RecordLocation(
      place: place,
      start: place + packet.offset,
      length: Int(packet.capturedLength),
      end: place + block.length,
      originalLength: max(packet.originalLength, packet.capturedLength),
      time: packet.timestamp.map(interface.timestamps.nanoseconds) ?? 0,
      interface: interface.index
    )
  }
}
