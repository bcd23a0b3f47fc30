/// Whether reading on would wait: who writes records to another pipe hands on what it has before.
extension CaptureReader {
  /// Whether the next record is at hand whole. Blocks that are no packets count as if they were not.
  package var isNextAtHand: Bool {
    if isMapped { return true }
    switch format {
    case .pcap(let header):
      guard window.available >= header.recordHeaderLength else { return false }
      let length = PcapRecordHeader(in: window, header).capturedLength
      return window.available - header.recordHeaderLength >= Int(length)
    case .pcapng:
      guard window.available >= PcapngBlock.headerLength else { return false }
      let type = window.integer(at: 0, as: UInt32.self, section.order)
      let length = window.integer(at: 4, as: UInt32.self, section.order)
      return PcapngBlock(kind: PcapngBlock.Kind(rawValue: type), length: Int(length)).isPacket
        && window.available >= Int(length)
    }
  }
}
