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

  /// The keys of blocks that follow one another.
  struct Keys: RandomAccessCollection {
    /// What is beside the block's number in a key.
    fileprivate let group: UInt32
    fileprivate let tag: UInt64
    fileprivate let first: UInt32
    /// Blocks wrap around.
    fileprivate let lastBlock: UInt32
    let count: Int

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(index: Int) -> UInt64 {
      let block = (first &+ UInt32(truncatingIfNeeded: index)) & lastBlock
      return Observation.mix(UInt64(group) << 32 | UInt64(block), tag) | 1
    }
  }

  /// The key of a row; nil for one that no offload or router cuts or glues.
  static func key(of row: Observation) -> UInt64? {
    if row.hasStreamPayload || row.hasPosition {
      return octetKeys(row, from: row.sequence, to: row.sequence).first
    }
    return identification(of: row).flatMap { numberedKeys(row, from: $0, to: $0).first }
  }

  /// The keys of all rows that may overlap a row, when no unit holds more than `longest` octets.
  static func keysAround(_ row: Observation, longest: UInt32) -> Keys {
    if row.hasPosition && row.isFragment {
      return octetKeys(row, from: row.sequence, to: row.sequence)
    }
    if row.hasStreamPayload || row.hasPosition {
      let length = row.hasPosition ? min(row.payloadLength, largestUnit) : row.payloadLength
      return octetKeys(
        row, from: row.sequence &- min(longest, largestUnit), to: row.sequence &+ length &- 1)
    }
    guard let identification = identification(of: row) else {
      return Keys(group: 0, tag: 0, first: 0, lastBlock: 0, count: 0)
    }
    if row.isFragment { return numberedKeys(row, from: identification, to: identification) }
    let reach = UInt32(PayloadSpace.maximumDatagrams)
    return numberedKeys(row, from: identification &- reach, to: identification &+ reach)
  }

  /// The keys of all blocks that a row's own octets lie in.
  static func keysWithin(_ row: Observation) -> Keys {
    keysAround(row, longest: 0)
  }

  /// The keys of all blocks that a part lies in; `row` holds it.
  static func keys(within part: PacketPart, of row: Observation) -> Keys {
    guard row.hasStreamPayload else { return keysWithin(row) }
    return octetKeys(row, from: part.sequence, to: part.sequence &+ part.length &- 1)
  }

  private static func identification(of row: Observation) -> UInt32? {
    if row.isFragment { return row.identity == 0 ? nil : row.fragmentIdentification }
    return row.isIdentifiedDatagram ? UInt32(row.identification) : nil
  }

  /// The blocks from one octet to another, of a stream or of positions.
  private static func octetKeys(
    _ row: Observation, from first: UInt32, to last: UInt32
  ) -> Keys {
    let isStream = row.hasStreamPayload
    let start = first & ~((1 << sequenceShift) - 1)
    return Keys(
      group: isStream ? row.acknowledgment : UInt32(row.transportProtocol),
      tag: isStream ? 0x6 : 0x29, first: first >> sequenceShift, lastBlock: .max >> sequenceShift,
      count: Int((last &- start) >> sequenceShift) + 1)
  }

  /// The blocks from one identification to another. Those of 16 bits wrap around, those of IPv6's fragments
  /// hardly meet the end.
  private static func numberedKeys(
    _ row: Observation, from first: UInt32, to last: UInt32
  ) -> Keys {
    let start = first & ~((1 << identificationShift) - 1)
    return Keys(
      group: UInt32(row.transportProtocol), tag: 0x11, first: first >> identificationShift,
      lastBlock: UInt32(UInt16.max) >> identificationShift,
      count: Int((last &- start) >> identificationShift) + 1)
  }
}
