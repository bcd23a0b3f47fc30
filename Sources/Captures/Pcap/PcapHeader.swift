/// The header of a pcap file: how its records are to be read.
///
/// draft-ietf-opsawg-pcap, section 4:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |                          Magic Number                         |
///     +---------------------------------------------------------------+
///     |         Major Version         |         Minor Version         |
///     +---------------------------------------------------------------+
///     |                           Reserved1                           |
///     +---------------------------------------------------------------+
///     |                           Reserved2                           |
///     +---------------------------------------------------------------+
///     |                            SnapLen                            |
///     +---------------------------------------------------------------+
///     | FCS |f|0 0 0 0 0 0 0 0 0 0 0 0|         LinkType              |
///     +---------------------------------------------------------------+
struct PcapHeader: BitwiseCopyable {
  static let length = 24

  /// Which of a record's two lengths comes first. As libpcap knows, it was the original one before
  /// version 2.3, and either one in that.
  enum LengthOrder: BitwiseCopyable {
    case capturedFirst
    case originalFirst
    case lesserFirst
  }

  let order: ByteOrder
  /// 1,000 or 1: nanoseconds in a unit of the fraction field.
  let fractionUnit: Int64
  /// Length in bytes of what precedes each packet.
  private(set) var recordHeaderLength: Int
  let lengthOrder: LengthOrder
  let linkType: LinkType
  let snapshotLength: UInt32

  /// Reads the header that begins with `magic`, and steps over it; nil for another kind of file.
  init?(magic: UInt32, readingFrom window: inout ByteWindow) throws(CaptureError) {
    switch magic {
    case 0xd4c3_b2a1: (order, fractionUnit, recordHeaderLength) = (.little, 1_000, 16)
    case 0xa1b2_c3d4: (order, fractionUnit, recordHeaderLength) = (.big, 1_000, 16)
    case 0x4d3c_b2a1: (order, fractionUnit, recordHeaderLength) = (.little, 1, 16)
    case 0xa1b2_3c4d: (order, fractionUnit, recordHeaderLength) = (.big, 1, 16)
    // Written by patched libpcaps: interface, protocol and packet type follow the lengths.
    case 0x34cd_b2a1: (order, fractionUnit, recordHeaderLength) = (.little, 1_000, 24)
    case 0xa1b2_cd34: (order, fractionUnit, recordHeaderLength) = (.big, 1_000, 24)
    default: return nil
    }
    guard try window.holds(Self.length) else {
      throw .atStart(
        of: window.path,
        .truncated,
        "ends within the pcap file header: \(Self.length) bytes expected, \(window.available) there"
      )
    }
    let majorVersion = window.integer(at: 4, as: UInt16.self, order)
    guard majorVersion == 2 else {
      throw .atStart(
        of: window.path, .unsupportedVersion, "pcap version \(majorVersion): version 2 expected")
    }
    switch window.integer(at: 6, as: UInt16.self, order) {
    case 0...2: lengthOrder = .originalFirst
    case 3: lengthOrder = .lesserFirst
    default: lengthOrder = .capturedFirst
    }
    snapshotLength = window.integer(at: 16, as: UInt32.self, order)
    // The upper half has the frame check sequence's length and reserved bits.
    let network = window.integer(at: 20, as: UInt32.self, order)
    linkType = LinkType(rawValue: UInt16(network & 0xffff))
    window.advance(by: Self.length)
    recogniseLayout(in: window)
  }

  /// Records that are looked at to tell layouts apart.
  private static let tellingRecords = 8

  /// Takes a layout of other patched libpcaps, which have no magic number of their own, if records follow each
  /// other in it, and in the usual one not even two: fields behind the lengths (Red Hat 6.1: 24 bytes; Nokia: 20;
  /// SuSE 6.3: 28), as Wireshark knows them (wiretap/libpcap.c). Of a stream only what is at hand is looked at.
  private mutating func recogniseLayout(in window: borrowing ByteWindow) {
    let usual = recordHeaderLength
    let chain = chain(in: window)
    guard chain.isBroken, chain.count < 2 else { return }
    for length in usual == 16 ? [24, 20] : [28] {
      recordHeaderLength = length
      let chain = self.chain(in: window)
      if !chain.isBroken, chain.count >= 2 { return }
    }
    recordHeaderLength = usual
  }

  /// How many plausible records follow each other, and whether something else ends them.
  private func chain(in window: borrowing ByteWindow) -> (count: Int, isBroken: Bool) {
    var place = window.position
    var first: PcapRecordHeader?
    var count = 0
    while count < Self.tellingRecords, place + recordHeaderLength <= window.end {
      let record = PcapRecordHeader(in: window, at: place, self)
      guard record.isPlausible(self, after: first ?? record, isNext: false) else {
        return (count, true)
      }
      first = first ?? record
      place += recordHeaderLength + Int(record.capturedLength)
      count += 1
    }
    return (count, false)
  }

  /// The file's only interface.
  var interface: CaptureInterface {
    CaptureInterface(
      linkType: linkType, snapshotLength: snapshotLength, timestampResolution: fractionUnit)
  }
}
