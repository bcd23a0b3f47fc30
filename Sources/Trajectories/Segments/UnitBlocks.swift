/// Under which keys rows are found whose octets may overlap.
///
/// A row of a stream stands under its acknowledgment number and the block of the sequence space that it
/// begins in, one of IPv6 under the block of its position, any other under its protocol and the block of its
/// identification. Addresses are no part of a key: translation changes them.
enum UnitBlocks {
  private static let sequenceShift: UInt32 = 15
  /// Longer units than this are not looked for.
  private static let largestUnit: UInt32 = 1 << 20
  private static let identificationShift: UInt32 = 7

  /// The key of a row; nil for one that no offload or router cuts or glues.
  static func key(of row: Observation) -> UInt64? {
    if row.hasStreamPayload {
      return streamKey(row.acknowledgment, block: row.sequence >> sequenceShift)
    }
    if row.hasPosition { return positionKey(row, block: row.sequence >> sequenceShift) }
    guard let identification = identification(of: row) else { return nil }
    return otherKey(row.transportProtocol, block: identification >> identificationShift)
  }

  /// The keys of all rows that may overlap a row, when no unit holds more than `longest` octets.
  static func keysAround(_ row: Observation, longest: UInt32) -> [UInt64] {
    if row.hasStreamPayload {
      return streamKeys(
        row.acknowledgment, from: row.sequence &- min(longest, largestUnit),
        to: row.sequence &+ row.payloadLength &- 1)
    }
    if row.hasPosition {
      if row.isFragment { return [positionKey(row, block: row.sequence >> sequenceShift)] }
      return blocks(
        from: row.sequence &- min(longest, largestUnit),
        to: row.sequence &+ min(row.payloadLength, largestUnit) &- 1
      ).map { positionKey(row, block: $0) }
    }
    guard let identification = identification(of: row) else { return [] }
    let reach = UInt32(row.isFragment ? 0 : PayloadSpace.maximumDatagrams)
    let first = (identification &- reach) >> identificationShift
    let count = row.isFragment ? 1 : 3
    return (0..<UInt32(count)).map { otherKey(row.transportProtocol, block: first &+ $0) }
  }

  /// The keys of all blocks that a row's own octets lie in.
  static func keysWithin(_ row: Observation) -> [UInt64] {
    keysAround(row, longest: 0)
  }

  /// The keys of all blocks that a part lies in; `row` holds it.
  static func keys(within part: PacketPart, of row: Observation) -> [UInt64] {
    guard row.hasStreamPayload else { return keysWithin(row) }
    return streamKeys(
      row.acknowledgment, from: part.sequence, to: part.sequence &+ part.length &- 1)
  }

  private static func identification(of row: Observation) -> UInt32? {
    if row.isFragment { return row.identity == 0 ? nil : row.fragmentIdentification }
    return row.isIdentifiedDatagram ? UInt32(row.identification) : nil
  }

  private static func streamKeys(
    _ acknowledgment: UInt32, from first: UInt32, to last: UInt32
  ) -> [UInt64] {
    blocks(from: first, to: last).map { streamKey(acknowledgment, block: $0) }
  }

  /// The blocks from one number to another; they wrap around.
  private static func blocks(from first: UInt32, to last: UInt32) -> [UInt32] {
    let count = (last &- (first & ~((1 << sequenceShift) - 1))) >> sequenceShift
    return (0...count).map { (first >> sequenceShift &+ $0) & (.max >> sequenceShift) }
  }

  private static func streamKey(_ acknowledgment: UInt32, block: UInt32) -> UInt64 {
    Observation.mix(UInt64(acknowledgment) << 32 | UInt64(block), 0x6) | 1
  }

  private static func positionKey(_ row: Observation, block: UInt32) -> UInt64 {
    Observation.mix(UInt64(row.transportProtocol) << 32 | UInt64(block), 0x29) | 1
  }

  /// Blocks of the 16-bit identification wrap around, those of IPv6's fragments hardly meet the end.
  private static func otherKey(_ number: UInt8, block: UInt32) -> UInt64 {
    let wrapped = block & (UInt32(UInt16.max) >> identificationShift)
    return Observation.mix(UInt64(number) << 32 | UInt64(wrapped), 0x11) | 1
  }
}
