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
  private var writer: CaptureWriter
  private var points: [OutputPoint] = []
  /// A frame with a header that was made for it.
  private var framed: [UInt8] = []

  /// `isOrdered` tells whether frames wait for fragments of an earlier time.
  init(writer: consuming CaptureWriter, options: DecapsulationOptions, isOrdered: Bool) {
    self.writer = writer
    self.options = options
    self.isOrdered = isOrdered
  }

  var isClosed: Bool { writer.isClosed }

  mutating func flush() { writer.flush() }

  mutating func finish() {
    heldBack.write(before: .max, to: &writer)
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
    guard options.vnis.isEmpty || options.vnis.contains(vni) else {
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

  /// Frames from this time on wait for a fragment of an input; `Int64.max` for none.
  mutating func holdBack(from time: Int64, file: Int) {
    guard isOrdered, heldBack.setLimit(time, ofFile: file) else { return }
    let limit = heldBack.limit
    heldBack.write(before: limit, to: &writer)
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

  @inline(__always)
  private var hasComments: Bool { options.hasComments && writer.hasInterfaces }

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
    } else if summary.isObservation {
      let packet = frame.bytes.extracting(droppingFirst: Int(summary.network.offset))
      makeFrame(source: summary.link.source, type: summary.link.etherType, packet)
      let length = frame.originalLength - UInt32(frame.bytes.byteCount - packet.byteCount)
      if writeFramed(frame, payloadLength: length) { counts.passed += 1 }
    } else {
      counts.unframed += 1
    }
  }

  private func isSelected(
    _ frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary
  ) -> Bool {
    guard let filter = options.filter else { return true }
    if frame.linkType == .ethernet {
      return filter.matches(ethernetFrame: frame.bytes, originalLength: frame.originalLength)
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
    points[frame.point].lastTime = max(points[frame.point].lastTime, frame.time)
    let record = OutputRecord(
      bytes, time: frame.time, originalLength: max(originalLength, UInt32(bytes.byteCount)),
      interface: interface)
    if !frame.hasTime {
      let isTrue = Self.writeUntimed(record, comment, to: &writer)
      counts.noteUntimed(isDated: !isTrue)
    } else if heldBack.holds(frame.time) {
      if heldBack.isFull { heldBack.write(before: .max, to: &writer) }
      Self.hold(record, comment, in: &heldBack)
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
    _ record: borrowing OutputRecord, _ comment: borrowing TunnelComment,
    in heldBack: inout HeldBackFrames
  ) {
    heldBack.add(record, comment: comment.bytes)
  }
}

// MARK: - Frames without Ethernet

extension FrameOutput {
  private static let ethernetHeaderLength = 14

  /// Puts an Ethernet header before what has none.
  ///
  /// - Parameters:
  ///   - source: a MAC address, 0 where none is known.
  ///   - type: the EtherType.
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
    var lastTime: Int64 = 0
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
  /// one tells them.
  mutating func addStatistics(of interface: CaptureInterface, to points: [Int]) {
    guard interface.drops != nil || interface.startTime != nil || interface.endTime != nil else {
      return
    }
    for point in points {
      var statistics = WrittenStatistics(time: interface.endTime ?? self.points[point].lastTime)
      statistics.startTime = interface.startTime
      statistics.endTime = interface.endTime
      if point == points.first {
        statistics.dropsByInterface = interface.drops
        if points.count > 1 { statistics.comment = "drops at all interfaces of the capture" }
      }
      self.points[point].statistics = statistics
    }
  }

  @inline(__always)
  private mutating func interface(of point: Int, linkType: LinkType) -> Int {
    for known in points[point].interfaces where known.linkType == linkType { return known.number }
    let number = writer.addInterface(
      WrittenInterface(
        linkType: linkType, name: points[point].name, description: points[point].description))
    points[point].interfaces.append((linkType, number))
    return number
  }
}
