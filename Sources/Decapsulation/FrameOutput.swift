import Captures
import Filters
import Packets

/// Writes frames: those in a tunnel without it, the others as they are, and counts both.
struct FrameOutput: ~Copyable {
  var counts = DecapsulationCounts()
  /// Of the next frame: its tunnels but the innermost, outermost first, noted before it is taken.
  var outerTunnels: [TunnelSummary] = []
  private var comment = TunnelComment()
  private var heldBack = HeldBackFrames()
  /// Whether frames wait for fragments of an earlier time.
  private let isOrdered: Bool
  private let options: DecapsulationOptions
  private let hasComments: Bool
  private let takesAllVNIs: Bool
  private var writer: CaptureWriter
  private var points: [OutputPoint] = []
  /// The one of their interfaces that was asked for last.
  private var lastInterface: (point: Int, linkType: LinkType, number: Int)?
  /// A frame with a header that was made for it.
  private var framed: [UInt8] = []

  /// `isOrdered` tells whether frames wait for fragments of an earlier time.
  init(writer: consuming CaptureWriter, options: DecapsulationOptions, isOrdered: Bool) {
    hasComments = options.hasComments && writer.hasInterfaces
    takesAllVNIs = options.vnis.isEmpty
    self.writer = writer
    self.options = options
    self.isOrdered = isOrdered
  }

  var isClosed: Bool { writer.isClosed }

  mutating func flush() { writer.flush() }

  mutating func finish() {
    writeHeldBack(before: nil)
    for point in points {
      guard let statistics = point.statistics, let interface = point.interfaces.first?.number else {
        continue
      }
      writer.addStatistics(statistics, of: interface)
    }
    writer.finish()
  }

  /// Takes a frame that the summary is of.
  mutating func take(_ frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary) {
    counts.noteFaults(of: frame, summary)
    if summary.tunnel.depth > 0 {
      recover(frame, summary)
    } else {
      pass(frame, summary)
    }
    comment.removeAll()
    outerTunnels.removeAll(keepingCapacity: true)
  }

  /// Takes a frame of `UsualPacket`'s kind.
  @inline(__always)
  mutating func takeUsual(_ frame: borrowing CapturedFrame, _ packet: borrowing UsualPacket) {
    guard packet.isEncapsulated else {
      passPlain(frame)
      return
    }
    let vni = packet.vni
    guard takesAllVNIs || options.vnis.contains(vni) else {
      counts.otherVNI += 1
      return
    }
    if hasComments { comment.append(packet) }
    let length = UInt32(packet.tunnelPayloadLength)
    let inner = frame.bytes.extracting(droppingFirst: UsualPacket.tunnelPayloadOffset)
      .extracting(first: Int(length))
    if writeMatching(inner, frame, originalLength: length, .ethernet) {
      counts.noteUsualRecovered()
    }
    comment.removeAll()
  }

  /// Frames from this time on wait for a fragment of an input; nil for none.
  mutating func holdBack(from time: Int64?, file: Int) {
    guard isOrdered, heldBack.setLimit(time, ofFile: file) else { return }
    writeHeldBack(before: heldBack.limit)
  }

  /// Takes a frame of a link type that cannot be decoded.
  mutating func passUnsupported(_ frame: borrowing CapturedFrame) {
    counts.noteUnsupported(frame)
    if options.isOnlyTunnelled {
      counts.notTunnelled += 1
    } else if options.filter != nil {
      counts.filtered += 1
    } else if !writer.hasInterfaces {
      counts.unframed += 1
    } else {
      counts.passed += 1
      write(frame.bytes, frame, originalLength: frame.originalLength, linkType: frame.linkType)
    }
  }
}

// MARK: - Frames

extension FrameOutput {
  private mutating func recover(
    _ frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary
  ) {
    let tunnel = summary.tunnel
    guard options.takes(tunnel, in: outerTunnels) else {
      counts.otherVNI += 1
      return
    }
    let start = Int(tunnel.payloadOffset)
    let inner = frame.bytes.extracting(droppingFirst: start)
      .extracting(first: Int(tunnel.payloadLength))
    let hasHeader = tunnel.carriesEthernet || tunnel.carriesIP && writer.hasInterfaces
    let isWritten: Bool
    if hasComments {
      for outer in outerTunnels { comment.append(outer) }
      comment.append(tunnel)
      comment.appendFragments(of: frame, isIncomplete: tunnel.isFragment)
    }
    if hasHeader {
      let linkType = tunnel.carriesEthernet ? LinkType.ethernet : .rawIP
      isWritten = writeMatching(inner, frame, originalLength: tunnel.payloadLength, linkType)
    } else {
      makeFrame(source: 0, type: tunnel.payloadType, inner)
      isWritten = writeFramed(frame, payloadLength: tunnel.payloadLength)
    }
    if isWritten { counts.noteRecovered(tunnel, in: outerTunnels) }
  }

  /// Passes an Ethernet frame in which nothing is of note.
  private mutating func passPlain(_ frame: borrowing CapturedFrame) {
    if options.isOnlyTunnelled {
      counts.notTunnelled += 1
    } else if writeMatching(
      frame.bytes, frame, originalLength: frame.originalLength, .ethernet)
    {
      counts.passed += 1
    }
  }

  private mutating func pass(
    _ frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary
  ) {
    if summary.transport.opaqueTunnel != .none {
      counts.opaque += 1
      if hasComments { comment.append(opaque: summary.transport.opaqueTunnel) }
    }
    guard !options.isOnlyTunnelled else {
      counts.notTunnelled += 1
      return
    }
    if frame.linkType == .ethernet || writer.hasInterfaces {
      guard isSelected(frame, summary) else {
        counts.filtered += 1
        return
      }
      counts.passed += 1
      write(frame.bytes, frame, originalLength: frame.originalLength, linkType: frame.linkType)
    } else if let length = makeFrame(of: frame, summary) {
      if writeFramed(frame, payloadLength: length) { counts.passed += 1 }
    } else {
      counts.unframed += 1
    }
  }

  private mutating func isSelected(
    _ frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary
  ) -> Bool {
    guard let filter = options.filter else { return true }
    if frame.linkType == .ethernet {
      return filter.matches(ethernetFrame: frame.bytes, originalLength: frame.originalLength)
    }
    if Self.cookedHeader(of: frame) != nil, let length = makeFrame(of: frame, summary) {
      return filter.matches(
        ethernetFrame: unsafe framed.span.bytes,
        originalLength: length + UInt32(Self.ethernetHeaderLength))
    }
    guard summary.isObservation else { return false }
    let packet = frame.bytes.extracting(droppingFirst: Int(summary.network.offset))
    return filter.matches(ipPacket: packet, originalLength: summary.network.length)
  }

  /// Writes a frame that begins with its link header, or an IP packet, if the filter matches it.
  @inline(__always)
  private mutating func writeMatching(
    _ bytes: RawSpan, _ frame: borrowing CapturedFrame, originalLength: UInt32, _ linkType: LinkType
  ) -> Bool {
    if let filter = options.filter {
      let matches =
        linkType == .ethernet
        ? filter.matches(ethernetFrame: bytes, originalLength: originalLength)
        : filter.matches(ipPacket: bytes, originalLength: originalLength)
      guard matches else {
        counts.filtered += 1
        return false
      }
    }
    write(bytes, frame, originalLength: originalLength, linkType: linkType)
    return true
  }

  @inline(__always)
  private mutating func write(
    _ bytes: RawSpan, _ frame: borrowing CapturedFrame, originalLength: UInt32, linkType: LinkType
  ) {
    let interface = interface(of: frame.point, linkType: linkType)
    let record = OutputRecord(
      bytes, time: frame.time, originalLength: max(originalLength, UInt32(bytes.byteCount)),
      interface: interface)
    if frame.time < 0 { counts.early += 1 }
    if heldBack.holds(frame.time) {
      if heldBack.isFull { writeHeldBack(before: nil) }
      Self.hold(record, comment, hasTime: frame.hasTime, in: &heldBack)
    } else if !frame.hasTime {
      let isTrue = Self.writeUntimed(record, comment, to: &writer)
      counts.noteUntimed(isDated: !isTrue)
    } else {
      Self.write(record, comment, to: &writer)
    }
  }

  // The comment is lent together with its frame: that takes functions that see nothing else of this value.

  @inline(__always)
  private static func write(
    _ record: borrowing OutputRecord, _ comment: borrowing TunnelComment,
    to writer: inout CaptureWriter
  ) {
    writer.append(
      record.bytes, time: record.time, originalLength: record.originalLength,
      interface: record.interface, comment: comment.bytes)
  }

  private static func writeUntimed(
    _ record: borrowing OutputRecord, _ comment: borrowing TunnelComment,
    to writer: inout CaptureWriter
  ) -> Bool {
    writer.appendUntimed(
      record.bytes, originalLength: record.originalLength, interface: record.interface,
      comment: comment.bytes)
  }

  private static func hold(
    _ record: borrowing OutputRecord, _ comment: borrowing TunnelComment, hasTime: Bool,
    in heldBack: inout HeldBackFrames
  ) {
    heldBack.add(record, comment: comment.bytes, hasTime: hasTime)
  }

  private mutating func writeHeldBack(before time: Int64?) {
    heldBack.write(before: time, to: &writer) { counts.noteUntimed(isDated: $0) }
  }
}

// MARK: - Frames without Ethernet

extension FrameOutput {
  private static let ethernetHeaderLength = 14

  /// Puts an Ethernet header in the place of a frame's own: what is behind a cooked one with its tags, else the
  /// IP packet. Returns the length of that on the link, in bytes; nil where there is none.
  private mutating func makeFrame(
    of frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary
  ) -> UInt32? {
    let source = summary.link.source
    let start: Int
    if let header = Self.cookedHeader(of: frame) {
      start = header.length
      makeFrame(source: source, type: header.type, frame.bytes.extracting(droppingFirst: start))
    } else {
      guard summary.isObservation else { return nil }
      start = Int(summary.network.offset)
      makeFrame(
        source: source, type: summary.link.etherType,
        frame.bytes.extracting(droppingFirst: start))
    }
    return max(frame.originalLength, UInt32(frame.bytes.byteCount)) - UInt32(start)
  }

  private static func cookedHeader(of frame: borrowing CapturedFrame) -> CookedHeader? {
    CookedHeader(
      frame.bytes, originalLength: frame.originalLength, linkType: frame.linkType.rawValue)
  }

  /// Puts an Ethernet header before what has none.
  ///
  /// - Parameters:
  ///   - source: a MAC address, 0 where none is known.
  ///   - type: the EtherType, or a length.
  private mutating func makeFrame(source: UInt64, type: UInt16, _ payload: RawSpan) {
    framed.removeAll(keepingCapacity: true)
    framed.append(contentsOf: repeatElement(0, count: 6))
    for shift in stride(from: 40, through: 0, by: -8) {
      framed.append(UInt8(truncatingIfNeeded: source >> UInt64(shift)))
    }
    framed.append(UInt8(truncatingIfNeeded: type >> 8))
    framed.append(UInt8(truncatingIfNeeded: type))
    unsafe payload.withUnsafeBytes { unsafe framed.append(contentsOf: $0) }
  }

  private mutating func writeFramed(
    _ frame: borrowing CapturedFrame, payloadLength: UInt32
  ) -> Bool {
    let bytes = framed
    return writeMatching(
      unsafe bytes.span.bytes, frame,
      originalLength: payloadLength + UInt32(Self.ethernetHeaderLength), .ethernet)
  }
}

// MARK: - Points

extension FrameOutput {
  /// A point, and the interfaces of the output that are it: one for each link type of its frames.
  private struct OutputPoint {
    let name: String?
    let description: String?
    var interfaces: [(linkType: LinkType, number: Int)] = []
    var statistics: WrittenStatistics?
  }

  mutating func addPoint(name: String?, description: String?) -> Int {
    points.append(OutputPoint(name: name, description: description))
    return points.count - 1
  }

  /// Describes a point's interface even if no frame of it should come.
  mutating func describe(_ point: Int, linkType: LinkType) {
    _ = interface(of: point, linkType: linkType)
  }

  /// Keeps what the input tells of an interface for the end. Its drops are of all its points: the first
  /// one tells them. How many packets came in, and were taken, is told where there is but one point.
  ///
  /// - Parameter lastTime: that of its last record, in nanoseconds since 1970.
  mutating func addStatistics(
    of interface: CaptureInterface, to points: [Int], lastTime: Int64
  ) {
    let isWhole = points.count == 1
    let (received, accepted) = isWhole ? (interface.received, interface.accepted) : (nil, nil)
    guard
      interface.drops != nil || interface.startTime != nil || interface.endTime != nil
        || received != nil || accepted != nil
    else { return }
    let ownTime = interface.statisticsTime.flatMap { $0 == 0 ? nil : $0 }
    for point in points {
      var statistics = WrittenStatistics(time: ownTime ?? interface.endTime ?? lastTime)
      statistics.startTime = interface.startTime
      statistics.endTime = interface.endTime
      statistics.received = received
      statistics.accepted = accepted
      if point == points.first {
        statistics.dropsByInterface = interface.dropsByInterface
        statistics.dropsBySystem = interface.dropsBySystem
        if points.count > 1 { statistics.comment = "drops at all interfaces of the capture" }
      }
      self.points[point].statistics = statistics
    }
  }

  @inline(__always)
  private mutating func interface(of point: Int, linkType: LinkType) -> Int {
    if let last = lastInterface, last.point == point, last.linkType == linkType {
      return last.number
    }
    return otherInterface(of: point, linkType: linkType)
  }

  @inline(never)
  private mutating func otherInterface(of point: Int, linkType: LinkType) -> Int {
    let known = points[point].interfaces.first { $0.linkType == linkType }?.number
    let number = known ?? addInterface(to: point, linkType)
    lastInterface = (point, linkType, number)
    return number
  }

  private mutating func addInterface(to point: Int, _ linkType: LinkType) -> Int {
    let number = writer.addInterface(
      WrittenInterface(
        linkType: linkType, name: points[point].name, description: points[point].description))
    points[point].interfaces.append((linkType, number))
    return number
  }
}
