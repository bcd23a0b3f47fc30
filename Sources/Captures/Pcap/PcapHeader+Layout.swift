/// Telling layouts of records apart that have no magic number of their own.
extension PcapHeader {
  /// Records that are looked at.
  private static let tellingRecords = 8

  /// How many records follow each other in a layout, and what comes behind them.
  private struct Chain {
    enum End {
      /// Nothing: the bytes at hand end with a record, or enough records were looked at.
      case whole
      /// The beginning of another record; or the last one is not at hand to its end.
      case cut
      /// Something that is no record.
      case broken
    }

    let count: Int
    let end: End

    /// Whether this speaks for its layout more than another one does for another.
    func tellsMore(than other: Chain) -> Bool {
      count > other.count || count == other.count && end == .whole && other.end != .whole
    }
  }

  /// The same with the layout in which most records follow each other from the window's position on: the magic
  /// number's, unless another one makes more sense. Nil where more bytes have to tell, and may come.
  ///
  /// A first record that is followed by nothing is one of the magic number's layout: whoever reads a stream
  /// gets it at once.
  func recognised(in window: borrowing ByteWindow) -> PcapHeader? {
    let others = otherLayouts
    guard !others.isEmpty else { return self }
    var best = chain(in: window)
    switch best.end {
    case .whole where best.count > 0: return self
    case .whole, .cut:
      if best.count > 1 { return self }
      guard window.isComplete else { return nil }
      if isCutBehindNextTime(in: window) { return self }
    case .broken: break
    }
    var header = self
    var mayChange = false
    for layout in others {
      let other = with(layout)
      let chain = other.chain(in: window, checkingFields: true)
      if chain.end != .broken { mayChange = true }
      if chain.tellsMore(than: best) { (header, best) = (other, chain) }
    }
    return header.layout == layout && mayChange && !window.isComplete ? nil : header
  }

  /// What files of the same magic number have in its layout's place. They are of version 2.4.
  private var otherLayouts: [PcapRecordLayout] {
    guard lengthOrder == .capturedFirst, fractionUnit == 1_000 else { return [] }
    return layout == .standard ? [.patched, .nokia] : [.patchedToDebug]
  }

  /// Whether the bytes at hand end within the second record's header, of which there is a time within a day of
  /// the first one's: little of another layout's packet would look so.
  private func isCutBehindNextTime(in window: borrowing ByteWindow) -> Bool {
    guard window.available >= recordHeaderLength else { return false }
    let first = PcapRecordHeader(in: window, self)
    let next = recordHeaderLength + Int(first.capturedLength)
    let length = MemoryLayout<UInt32>.size
    guard (next + length..<next + recordHeaderLength).contains(window.available) else {
      return false
    }
    let seconds = window.integer(at: next, as: UInt32.self, order)
    return abs(Int64(seconds) - Int64(first.seconds)) <= 86_400
  }

  private func chain(in window: borrowing ByteWindow, checkingFields: Bool = false) -> Chain {
    var place = window.position
    var count = 0
    while count < Self.tellingRecords, place < window.end {
      guard window.end - place >= recordHeaderLength else { return Chain(count: count, end: .cut) }
      let record = PcapRecordHeader(in: window, at: place, self)
      guard record.isConsistent(self),
        !checkingFields || layout.hasPlausibleFields(in: window, at: place, order)
      else { return Chain(count: count, end: .broken) }
      place += recordHeaderLength + Int(record.capturedLength)
      count += 1
    }
    return Chain(count: count, end: place > window.end ? .cut : .whole)
  }
}
