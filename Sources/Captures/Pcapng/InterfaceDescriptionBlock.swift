/// draft-ietf-opsawg-pcapng, section 4.2, after the block's type and length:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |           LinkType            |           Reserved            |
///     +---------------------------------------------------------------+
///     |                            SnapLen                            |
///     +---------------------------------------------------------------+
///     /                           Options                             /
///     +---------------------------------------------------------------+
struct InterfaceDescriptionBlock {
  private(set) var interface: CaptureInterface
  let timestamps: TimestampUnit

  /// Reads a whole block, not shorter than its kind's least length.
  init(_ block: RawSpan, _ order: ByteOrder) {
    interface = CaptureInterface(
      linkType: LinkType(rawValue: block.integer(at: 8, as: UInt16.self, order)),
      snapshotLength: block.integer(at: 12, as: UInt32.self, order),
      timestampResolution: 1
    )
    var resolution = TimestampUnit.defaultResolution
    var offsetSeconds: Int64 = 0
    var options = PcapngOptionCursor(block, from: 16, order)
    while let option = options.next(in: block) {
      switch option.code {
      case 2: interface.name = option.text(in: block)
      case 3: interface.description = option.text(in: block)
      case 9: resolution = option.integer(in: block, as: UInt8.self, order) ?? resolution
      case 11: interface.filter = Self.filter(option, in: block)
      case 14: offsetSeconds = option.integer(in: block, as: Int64.self, order) ?? offsetSeconds
      default: break
      }
    }
    timestamps = TimestampUnit(resolution: resolution, offsetSeconds: offsetSeconds)
    interface.timestampResolution = timestamps.resolution
  }

  /// The text of `if_filter`, whose first byte is 0 for a filter in libpcap's language.
  private static func filter(_ option: PcapngOption, in block: RawSpan) -> String? {
    guard option.length > 0, block.integer(at: option.start, as: UInt8.self, .little) == 0 else {
      return nil
    }
    let text = PcapngOption(code: 11, start: option.start + 1, length: option.length - 1)
    return text.text(in: block)
  }
}
