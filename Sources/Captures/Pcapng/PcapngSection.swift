struct PcapngSection {}
extension CaptureReader {
  mutating func nextPcapngRecord() throws(CaptureError) -> RecordLocation? { nil }
  mutating func readLeadingBlocks() {}
}
