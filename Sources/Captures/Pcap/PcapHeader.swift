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
@usableFromInline struct PcapHeader: BitwiseCopyable {
  static let length = 24

  /// Which of a record's two lengths comes first. As libpcap knows, it was the original one before
  /// version 2.3, and either one in that.
  @usableFromInline enum LengthOrder: BitwiseCopyable {
    case capturedFirst
    case originalFirst
    case lesserFirst
  }

  @usableFromInline let order: ByteOrder
  /// 1,000 or 1: nanoseconds in a unit of the fraction field.
  @usableFromInline let fractionUnit: Int64
  /// The one that goes with the magic number, until `recognised(in:)` finds another.
  @usableFromInline private(set) var layout: PcapRecordLayout
  @usableFromInline let lengthOrder: LengthOrder
  /// Whether a record's fields are as nearly all files have them: in this machine's order, the captured length first.
  @usableFromInline let hasUsualFields: Bool
  let linkType: LinkType
  let snapshotLength: UInt32

  /// Length in bytes of what precedes each packet.
  @inlinable var recordHeaderLength: Int { layout.headerLength }

  /// Reads the header that begins with `magic`, and steps over it; nil for another kind of file.
  init?(magic: UInt32, readingFrom window: inout ByteWindow) throws(CaptureError) {
    switch magic {
    case 0xd4c3_b2a1: (order, fractionUnit, layout) = (.little, 1_000, .standard)
    case 0xa1b2_c3d4: (order, fractionUnit, layout) = (.big, 1_000, .standard)
    case 0x4d3c_b2a1: (order, fractionUnit, layout) = (.little, 1, .standard)
    case 0xa1b2_3c4d: (order, fractionUnit, layout) = (.big, 1, .standard)
    case 0x34cd_b2a1: (order, fractionUnit, layout) = (.little, 1_000, .patched)
    case 0xa1b2_cd34: (order, fractionUnit, layout) = (.big, 1_000, .patched)
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
    hasUsualFields = order == .host && lengthOrder == .capturedFirst
    snapshotLength = window.integer(at: 16, as: UInt32.self, order)
    // The upper half has the frame check sequence's length and reserved bits.
    let network = window.integer(at: 20, as: UInt32.self, order)
    linkType = LinkType(rawValue: UInt16(network & 0xffff))
    window.advance(by: Self.length)
  }

  /// The file's only interface.
  var interface: CaptureInterface {
    CaptureInterface(
      linkType: linkType, snapshotLength: snapshotLength, timestampResolution: fractionUnit)
  }

  /// The same with another layout.
  func with(_ layout: PcapRecordLayout) -> PcapHeader {
    var header = self
    header.layout = layout
    return header
  }
}
