/// The tables of the node that a capture was made on, as `vxhop snapshot` writes them: carried by the
/// capture itself, in options of its section header.
///
/// Option codes from 0x8000 on are for local use (draft-ietf-opsawg-pcapng, section 3.5): other tools pass
/// over them. The JSON is packed as a gzip member, which is cut into as many options as it takes.
package enum NodeTables {
  static let optionCode: UInt16 = 0xf668
  /// Bytes of an option: its length has 16 bits, and is a multiple of four here.
  static let pieceLength = 65_532
  /// libpcap opens no capture whose section header is longer than a mebibyte.
  static let packedLimit = 15 * pieceLength
  /// Of the JSON, in bytes: more than the tables of the largest nodes.
  private static let limit = 16 << 20

  /// Packs JSON for `CaptureWriter`; nil for more than a section header may hold.
  package static func packed(_ json: [UInt8]) -> [UInt8]? {
    guard json.count <= limit, let packed = GzipMember.packed(json), packed.count <= packedLimit
    else { return nil }
    return packed
  }

  /// The JSON in a section header, a whole block; nil if it has none, or what is none.
  static func json(inSectionHeader block: RawSpan, _ order: ByteOrder) -> [UInt8]? {
    var packed: [UInt8] = []
    var options = PcapngOptionCursor(block, from: SectionHeaderBlock.optionsOffset, order)
    while let option = options.next(in: block) {
      guard option.code == optionCode else { continue }
      packed += (option.start..<option.start + option.length).map {
        block.integer(at: $0, as: UInt8.self, .little)
      }
    }
    return packed.isEmpty ? nil : GzipMember.unpacked(packed, limit: limit)
  }
}
