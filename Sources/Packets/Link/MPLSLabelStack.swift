/// The labels before a packet. RFC 3032, section 2.1: one such entry for each.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +---------------------------------------+-----+-+---------------+
///    |                 label                 | exp |S|      TTL      |
///    +---------------------------------------+-----+-+---------------+
struct MPLSLabelStack: ~Escapable {
  private static let entryLength = 4
  private static let maximumEntries = 16

  private let bytes: RawSpan
  /// In bytes, up to the entry with the S bit, the last one.
  let length: Int

  /// Throws `short` where the bytes end before the stack, `invalid` for more labels than in use.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    var end = 0
    repeat {
      guard end < Self.maximumEntries * Self.entryLength else { throw .invalid }
      end += Self.entryLength
      guard bytes.byteCount >= end else { throw .short(required: end) }
    } while bytes.byte(at: end - 2) & 1 == 0
    self.bytes = bytes
    length = end
  }

  /// The version of the IP packet behind the stack; nil where none was captured or something else
  /// follows, which only the labels' owner knows.
  var versionBehind: UInt8? {
    guard bytes.byteCount > length else { return nil }
    let version = bytes.byte(at: length) >> 4
    return version == 4 || version == 6 ? version : nil
  }
}
