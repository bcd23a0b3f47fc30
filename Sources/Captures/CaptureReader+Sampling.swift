/// Reading a mapped capture from the middle, for a first look at a file too long to be read twice.
///
/// Nothing marks where a record begins. A place is believed if plausible records follow each other
/// from there, until the chain is longer than any packet or ends exactly where the file does. A
/// packet may itself carry records of a capture, which lead into the real ones: so the chain is
/// begun a packet's length too early, and its first records are not used.
extension CaptureReader {
  /// Places the reader at the first plausible record at or after a byte offset of a mapped capture.
  ///
  /// Frame numbers are 0 from there on, until `rewind()`. Packets of interfaces that a pcapng
  /// describes later than its first packet are not plausible; those of a later section, which only
  /// files joined end to end have, are taken for the first section's. Returns false, and leaves the
  /// reader where it is, if there is no such place near the offset.
  package mutating func resynchronise(at byteOffset: UInt64) -> Bool {
    guard isMapped, byteOffset < UInt64(window.end) else { return false }
    let place = self.place
    rewind()
    if case .pcapng = format {
      readLeadingBlocks()
    }
    let start = max(window.position, Int(byteOffset) - chainLength)
    if let position = plausiblePosition(from: start) {
      window.move(to: position)
      if skipRecords(before: byteOffset) {
        frame = 0
        countsFrames = false
        return true
      }
    }
    self.place = place
    return false
  }

  /// Time of the last whole record that is not empty, in nanoseconds since 1970; the reader stays where it is.
  ///
  /// nil for a stream, and for a capture without such records. Throws if not one of them can be read. A
  /// compressed capture is unpacked to its end. Notes whether the capture ends in the middle of a record
  /// (`endsInRecord`).
  package mutating func lastRecordTime() throws(CaptureError) -> Int64? {
    guard canRewind else { return nil }
    guard isMapped else { return try lastUnpackedTime() }
    let place = self.place
    defer { self.place = place }
    for length in tailLengths where length + RecordLocation.maximumLength < window.end {
      if moveIntoTail(length: length), let time = try? timeOfLastRemaining() {
        return time
      }
    }
    rewind()
    return try timeOfLastRemaining()
  }

  /// Places a mapped capture's reader at a plausible record among its last bytes: if it may be any, the one that a
  /// chain has come to need not be looked for again.
  private mutating func moveIntoTail(length: Int) -> Bool {
    if case .pcap = format {
      rewind()
      let start = max(window.position, window.end - length - chainLength)
      if plausiblePosition(from: start) != nil, window.available > 0 {
        countsFrames = false
        return true
      }
    }
    return resynchronise(at: UInt64(window.end - length))
  }

  /// The same for a capture that can only be read from its start; the reader goes back to its frame.
  private mutating func lastUnpackedTime() throws(CaptureError) -> Int64? {
    let place = self.place
    defer { self.place = place }
    rewind()
    return try timeOfLastRemaining()
  }

  private mutating func timeOfLastRemaining() throws(CaptureError) -> Int64? {
    var time: Int64?
    do throws(CaptureError) {
      // Zeros behind the records, as a computer leaves them that stopped, read as empty records of 1970.
      while try advance() {
        if current.length > 0 { time = current.time }
      }
    } catch {
      endsInRecord = true
      if time == nil {
        throw error
      }
    }
    return time
  }

  /// From where before the end the last record is looked for, in bytes, if there is more before that: what is
  /// corrupt is noticed only by reading on from the start. Nearly always the last record is a short one, but a
  /// pcapng tells more behind its records, of its interfaces say.
  private var tailLengths: [Int] {
    switch format {
    case .pcap: [64 << 10, 2 * Self.searchLength]
    case .unsettledPcap, .pcapng: [2 * Self.searchLength]
    }
  }

  /// How far a record is searched for, in bytes: more than the longest one.
  private static let searchLength = 2 * RecordLocation.maximumLength

  /// A chain of records of more bytes than this has left the packet, if any, that it began in: twice as many as are
  /// kept of a packet of any of the interfaces, for not all writers hold to that. Some packet may be a whole IP packet
  /// whatever its writer says; of those that say nothing none is taken to be longer than 256 KiB.
  private var chainLength: Int {
    var longest = 64 << 10
    for index in interfaces.indices {
      let kept = Int(interfaces[index].snapshotLength)
      longest = max(longest, kept == 0 ? .max : kept)
    }
    return 2 * min(longest, 256 << 10)
  }
  /// Fewer records may follow each other by chance, of which a single one may be longer than any chain has to be.
  static let leastChainCount = 8
  /// After a chain of more bytes than this that led nowhere, those are not tried that begin inside of it: they end where
  /// it does, and there may be very many.
  private static let vainLength = 16 << 10

  /// Where reading goes on.
  package struct Place {
    fileprivate let position: Int
    fileprivate let section: PcapngSection
    fileprivate let frame: UInt64
    fileprivate let countsFrames: Bool
    fileprivate let hasEnded: Bool
    fileprivate let current: RecordLocation
  }

  /// Setting it goes back to the record that was read last when it was asked for.
  package var place: Place {
    get {
      Place(
        position: window.position, section: section, frame: frame, countsFrames: countsFrames,
        hasEnded: hasEnded, current: current)
    }
    set {
      guard isMapped else { return goBack(to: newValue) }
      window.move(to: newValue.position)
      section = newValue.section
      frame = newValue.frame
      countsFrames = newValue.countsFrames
      hasEnded = newValue.hasEnded
      current = newValue.current
    }
  }

  /// Reads on from the start, if that can be read again, up to the place's frame.
  private mutating func goBack(to place: Place) {
    rewind()
    while frame < place.frame, (try? advance()) == true {}
    hasEnded = place.hasEnded
  }

  /// Whether a record at or after the byte offset could be reached from the position.
  private mutating func skipRecords(before byteOffset: UInt64) -> Bool {
    if case .pcap(let header) = format {
      let start = window.position
      guard
        let place = header.placeOfRecord(
          atOrAfter: Int(byteOffset), in: window.bytesAtHand(), from: start)
      else { return false }
      window.move(to: place)
      return true
    }
    do throws(CaptureError) {
      while window.byteOffset < byteOffset {
        guard try advance() else { return false }
      }
      return window.available > 0
    } catch {
      return false
    }
  }

  /// The first position from `start` on where a chain of records begins.
  private mutating func plausiblePosition(from start: Int) -> Int? {
    let end = min(start + Self.searchLength, window.end)
    let length = chainLength
    switch format {
    case .pcap(let header):
      window.move(to: PcapHeader.length)
      guard window.available >= header.recordHeaderLength else { return nil }
      let first = PcapRecordHeader(in: window, header)
      var position = start
      while position < end {
        window.move(to: position)
        if isPcapChain(header, after: first, length: length) { return position }
        position = nextStart(after: position, step: 1)
      }
    case .unsettledPcap: break
    case .pcapng:
      // All blocks are multiples of four bytes long.
      var position = (start + 3) / 4 * 4
      while position < end {
        window.move(to: position)
        if isPcapngChain(length: length) { return position }
        position = nextStart(after: position, step: 4)
      }
    }
    return nil
  }

  /// Where a chain is looked for next, once the one from a position on was followed to where the window is now.
  private func nextStart(after position: Int, step: Int) -> Int {
    window.position - position > Self.vainLength ? window.position : position + step
  }
}
