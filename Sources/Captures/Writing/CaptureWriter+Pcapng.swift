/// The blocks of a pcapng; see Pcapng/ for their diagrams.
extension CaptureWriter {
  private static let endOfOptions: UInt32 = 0
  /// What a text may take, in bytes; a block with several fits the buffer.
  private static let maximumTextLength = 0xffff

  mutating func appendSectionHeader(application: String, nodeTables: [UInt8]) {
    let tables = stride(from: 0, to: nodeTables.count, by: NodeTables.pieceLength).map {
      nodeTables[$0..<min($0 + NodeTables.pieceLength, nodeTables.count)]
    }
    let tablesLength = tables.reduce(0) { $0 + 4 + $1.count + (-$1.count & 3) }
    appendBlock(
      .sectionHeader, bodyLength: 16 + Self.length(ofText: application) + tablesLength + 4
    ) {
      $0.append(UInt32(0x1a2b_3c4d))
      $0.append(UInt16(1))
      $0.append(UInt16(0))
      $0.append(Int64(-1))
      Self.append(application, code: SectionHeaderBlock.applicationCode, to: &$0)
      for piece in tables {
        Self.appendOption(NodeTables.optionCode, length: piece.count, to: &$0)
        $0.append(unsafe piece.span.bytes)
        $0.pad(length: piece.count)
      }
      $0.append(Self.endOfOptions)
    }
  }

  mutating func appendInterfaceDescription(_ interface: WrittenInterface) {
    // if_filter opens with a byte that says whose language it is in: 0 is libpcap's.
    let filter = interface.filter.map { "\0" + $0 }
    let texts: [(UInt16, String?)] = [
      (2, interface.name), (3, interface.description), (11, filter),
    ]
    let textLength = texts.reduce(0) { $0 + Self.length(ofText: $1.1) }
    appendBlock(.interfaceDescription, bodyLength: 8 + textLength + 8 + 4) {
      $0.append(interface.linkType.rawValue)
      $0.append(UInt16(0))
      $0.append(interface.snapshotLength)
      for (code, text) in texts { Self.append(text, code: code, to: &$0) }
      // if_tsresol: units of 10⁻⁹ seconds.
      Self.appendOption(9, length: 1, to: &$0)
      $0.append(UInt32(9))
      $0.append(Self.endOfOptions)
    }
  }

  @inline(__always)
  mutating func appendEnhancedPacket(
    _ packet: RawSpan, time: Int64, originalLength: UInt32, interface: Int,
    options: WrittenOptions, comment: RawSpan
  ) {
    let text = comment.extracting(first: Self.maximumTextLength)
    let optionsLength = Self.length(of: options, comment: text)
    let length = 32 + packet.byteCount + (-packet.byteCount & 3) + optionsLength
    buffer.begin(length: length)
    let time = UInt64(max(time, 0))
    buffer.append(words: [
      PcapngBlock.Kind.enhancedPacket.rawValue, UInt32(truncatingIfNeeded: length),
      UInt32(truncatingIfNeeded: interface), UInt32(truncatingIfNeeded: time >> 32),
      UInt32(truncatingIfNeeded: time), UInt32(truncatingIfNeeded: packet.byteCount),
      originalLength,
    ])
    buffer.append(packet)
    buffer.pad(length: packet.byteCount)
    if optionsLength > 0 {
      Self.append(options, comment: text, to: &buffer)
    }
    buffer.append(UInt32(truncatingIfNeeded: length))
  }

  mutating func appendSimplePacket(_ packet: RawSpan) {
    let padding = -packet.byteCount & 3
    appendBlock(.simplePacket, bodyLength: 4 + packet.byteCount + padding) {
      $0.append(UInt32(truncatingIfNeeded: packet.byteCount))
      $0.append(packet)
      $0.pad(length: packet.byteCount)
    }
  }

  mutating func appendStatistics(_ statistics: WrittenStatistics, of interface: Int) {
    let times = [(UInt16(2), statistics.startTime), (3, statistics.endTime)].compactMap {
      code, time in time.map { (code, $0) }
    }
    let counts = [
      (UInt16(4), statistics.received), (5, statistics.dropsByInterface),
      (6, statistics.accepted), (7, statistics.dropsBySystem),
    ].compactMap { code, count in count.map { (code, $0) } }
    let optionsLength =
      12 * (times.count + counts.count) + Self.length(ofText: statistics.comment)
    appendBlock(.interfaceStatistics, bodyLength: 12 + optionsLength + 4) {
      $0.append(UInt32(truncatingIfNeeded: interface))
      Self.append(time: statistics.time, to: &$0)
      Self.append(statistics.comment, code: 1, to: &$0)
      for (code, time) in times {
        Self.appendOption(code, length: 8, to: &$0)
        Self.append(time: time, to: &$0)
      }
      for (code, count) in counts { Self.append(count, code: code, to: &$0) }
      $0.append(Self.endOfOptions)
    }
  }

  private mutating func appendBlock(
    _ kind: PcapngBlock.Kind, bodyLength: Int, _ body: (inout RecordBuffer) -> Void
  ) {
    let framing = PcapngBlock.headerLength + PcapngBlock.trailerLength
    let length = UInt32(truncatingIfNeeded: framing + bodyLength)
    buffer.begin(length: Int(length))
    buffer.append(kind.rawValue)
    buffer.append(length)
    body(&buffer)
    buffer.append(length)
  }
}

// MARK: - Options

extension CaptureWriter {
  /// Of all options and their end mark, in bytes; 0 without any.
  @inline(__always)
  private static func length(of options: WrittenOptions, comment: RawSpan) -> Int {
    var length = 0
    if comment.byteCount > 0 { length += 4 + comment.byteCount + (-comment.byteCount & 3) }
    if options.flags != nil { length += 8 }
    if options.dropCount != nil { length += 12 }
    if options.packetIdentifier != nil { length += 12 }
    return length > 0 ? length + 4 : 0
  }

  @inline(__always)
  private static func append(
    _ options: WrittenOptions, comment: RawSpan, to buffer: inout RecordBuffer
  ) {
    if comment.byteCount > 0 {
      appendOption(1, length: comment.byteCount, to: &buffer)
      buffer.append(comment)
      buffer.pad(length: comment.byteCount)
    }
    if let flags = options.flags {
      appendOption(2, length: 4, to: &buffer)
      buffer.append(flags)
    }
    if let count = options.dropCount { append(count, code: 4, to: &buffer) }
    if let identifier = options.packetIdentifier { append(identifier, code: 5, to: &buffer) }
    buffer.append(endOfOptions)
  }

  @inline(__always)
  private static func appendOption(
    _ code: UInt16, length: Int, to buffer: inout RecordBuffer
  ) {
    buffer.append(code)
    buffer.append(UInt16(truncatingIfNeeded: length))
  }

  @inline(__always)
  private static func append(_ number: UInt64, code: UInt16, to buffer: inout RecordBuffer) {
    appendOption(code, length: 8, to: &buffer)
    buffer.append(number)
  }

  /// The upper half comes first, whatever the byte order.
  @inline(__always)
  private static func append(time: Int64, to buffer: inout RecordBuffer) {
    let time = UInt64(max(time, 0))
    buffer.append(UInt32(truncatingIfNeeded: time >> 32))
    buffer.append(UInt32(truncatingIfNeeded: time))
  }

  private static func append(_ text: String?, code: UInt16, to buffer: inout RecordBuffer) {
    guard let text else { return }
    let bytes = Array(text.utf8.prefix(maximumTextLength))
    appendOption(code, length: bytes.count, to: &buffer)
    buffer.append(unsafe bytes.span.bytes)
    buffer.pad(length: bytes.count)
  }

  private static func length(ofText text: String?) -> Int {
    guard let count = text.map({ min($0.utf8.count, maximumTextLength) }) else { return 0 }
    return 4 + count + (-count & 3)
  }
}
