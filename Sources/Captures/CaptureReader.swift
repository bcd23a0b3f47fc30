/// Reads the packet records of a pcap or pcapng capture, in the order of the file.
///
/// A regular file is mapped and can be read again; a pipe is read as it comes, its beginning twice where
/// that is kept. Nothing is printed: what cannot be read is thrown, once, after the records before it.
package struct CaptureReader: ~Copyable {
  /// As it was given; "-" for standard input.
  package var path: String { window.path }
  /// The interfaces known so far; a pcapng may describe more of them, and their drops, later.
  package internal(set) var interfaces: [CaptureInterface]

  /// What the capture says of its node's tables, in JSON: see `NodeTables`. Known no later than the first
  /// interface.
  package internal(set) var nodeTables: [UInt8]?

  /// Whether the capture ends in the middle of a record, as far as `lastRecordTime()` has seen.
  package internal(set) var endsInRecord = false

  /// Whether the record that `advance()` stepped to has no time of its own: a Simple Packet Block.
  package internal(set) var isUntimed = false

  var format: CaptureFormat
  var window: ByteWindow
  var section: PcapngSection
  /// What holds where `rewind()` goes back to.
  var firstSection = PcapngSection()
  /// Where each of `interfaces` was described, so that reading again does not describe it twice.
  var interfaceIndices: [UInt64: Int]
  /// Packet records read so far, if `countsFrames`: the number of the record that `advance()` stepped to.
  package internal(set) var frame: UInt64
  var countsFrames: Bool
  var hasEnded: Bool
  /// What the capture says of the record that `advance()` stepped to.
  package internal(set) var current: RecordLocation

  /// Opens a capture; "-" is standard input.
  ///
  /// Throws what keeps the capture from being opened, and what is wrong with its file header.
  ///
  /// - Parameter keepsStart: whether a stream is held from its start on: what `readAhead(limit:patience:)`
  ///   takes can be read again, and nothing else is read until `readOn(waits:)`.
  package init(path: String, keepsStart: Bool = false) throws(CaptureError) {
    var window = try ByteWindow(path: path, retains: keepsStart)
    let format = try CaptureFormat(of: &window)
    self.init(format: format, window: window)
  }

  /// Reads from an open descriptor. It stays the caller's, who closes it after the reader's end.
  ///
  /// - Parameter keepsStart: as for a path.
  package init(
    fileDescriptor: Int32, name: String, keepsStart: Bool = false
  ) throws(CaptureError) {
    var window = try ByteWindow(
      descriptor: fileDescriptor, isOwned: false, path: name, retains: keepsStart)
    let format = try CaptureFormat(of: &window)
    self.init(format: format, window: window)
  }

  private init(format: CaptureFormat, window: consuming ByteWindow) {
    self.window = window
    self.format = format
    section = PcapngSection()
    interfaces = []
    interfaceIndices = [:]
    frame = 0
    countsFrames = true
    hasEnded = false
    current = .none
    switch format {
    case .pcap(let header), .unsettledPcap(let header): interfaces = [header.interface]
    case .pcapng: readLeadingBlocks()
    }
    self.window.isHeld = self.window.retains
  }

  /// Whether the capture is a regular file, mapped, that can be read from anywhere.
  package var isMapped: Bool { window.isMapped }

  /// Whether all of the capture can be read twice: a regular file, compressed perhaps, or a stream that is
  /// held and has ended.
  package var canRewind: Bool { window.canRewind }

  /// Offset in bytes of the next record.
  package var byteOffset: UInt64 { window.byteOffset }

  /// Offset in bytes of the frame in `record()`.
  package var frameByteOffset: UInt64 { window.byteOffset(of: current.start) }

  /// Length of the capture in bytes; nil for a stream.
  package var size: UInt64? { isMapped ? UInt64(window.end) : nil }

  /// Steps to the next packet record; false at the end, and after an error has been thrown.
  package mutating func advance() throws(CaptureError) -> Bool {
    if hasEnded { return false }
    let next: RecordLocation? =
      switch format {
      case .pcap(let header): header.record(in: window.bytesAtHand(), at: window.position)
      case .pcapng: section.packets.enhancedPacket(in: window.bytesAtHand(), at: window.position)
      case .unsettledPcap: nil
      }
    guard let next else { return try locateNext() }
    take(next)
    if countsFrames { frame &+= 1 }
    return true
  }

  /// The record that `advance()` stepped to; an empty one before the first and after the last.
  @_lifetime(borrow self)
  package func record() -> CaptureRecord {
    let record = CaptureRecord(
      bytes: bytes(),
      time: current.time,
      originalLength: current.originalLength,
      interface: current.interface,
      frame: frame
    )
    return bound(record, to: self)
  }

  /// The captured bytes of the record that `advance()` stepped to.
  @_lifetime(borrow self)
  package func bytes() -> RawSpan {
    bound(window.bytes(from: current.start, count: current.length), to: self)
  }

  /// Goes back to the first record, if that can still be read. The interfaces stay known.
  package mutating func rewind() {
    guard canRewind || window.isWhole else { return }
    window.rewind()
    let headerLength = format.headerLength
    // It is not kept of a stream that began without a record.
    if window.byteOffset == 0, (try? window.holds(headerLength)) == true {
      window.advance(by: headerLength)
    }
    section = firstSection
    frame = 0
    countsFrames = true
    hasEnded = false
    current = .none
  }

  /// Gives the mapped pages before a byte offset back to the system. They can still be read again.
  package mutating func releasePages(before byteOffset: UInt64) {
    window.releasePages(before: byteOffset)
  }

  /// Steps over the next packet record, of whatever kind it is, and remembers its place; false at the end.
  @inline(never)
  private mutating func locateNext() throws(CaptureError) -> Bool {
    window.isStarved = false
    do throws(CaptureError) {
      let isThere: Bool
      switch format {
      case .pcap(let header): isThere = try nextPcapRecord(header)
      case .unsettledPcap(let header): isThere = try firstPcapRecord(header)
      case .pcapng: isThere = try nextPcapngRecord()
      }
      if window.isStarved {
        current = .none
      } else if !isThere {
        end()
      } else if countsFrames {
        frame += 1
      }
      return isThere
    } catch {
      if window.isStarved {
        current = .none
        return false
      }
      end()
      throw error
    }
  }

  /// Steps over a packet record that is at hand, and remembers its place.
  @inline(__always)
  mutating func take(_ record: RecordLocation) {
    window.move(to: record.end)
    current = record
    isUntimed = false
  }

  /// A stream's buffer has moved on: the last record must not be asked for any more.
  private mutating func end() {
    hasEnded = true
    current = .none
  }
}
