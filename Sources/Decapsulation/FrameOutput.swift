import Captures
import Filters
import Packets

/// Writes frames: those in a tunnel without it, the others as they are, and counts both.
struct FrameOutput: ~Copyable {
  var counts = DecapsulationCounts()
  /// Of the next frame: its tunnels but the innermost may be noted here before it is taken.
  var comment = TunnelComment()
  private let options: DecapsulationOptions
  private var writer: CaptureWriter
  private var points: [OutputPoint] = []
  /// A frame with a header that was made for it.
  private var framed: [UInt8] = []

  init(writer: consuming CaptureWriter, options: DecapsulationOptions) {
    self.writer = writer
    self.options = options
  }

  var isClosed: Bool { writer.isClosed }

  mutating func flush() { writer.flush() }

  mutating func finish() {
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
    counts.note(summary.end, of: frame)
    if summary.tunnel.depth > 0 {
      recover(frame, summary)
    } else {
      pass(frame, summary)
    }
    comment.removeAll()
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
    guard options.vnis.isEmpty || tunnel.hasVNI && options.vnis.contains(tunnel.vni) else {
      counts.otherVNI += 1
      return
    }
    let start = Int(tunnel.payloadOffset)
    let inner = frame.bytes.extracting(droppingFirst: start)
      .extracting(first: Int(tunnel.payloadLength))
    let hasHeader = tunnel.carriesEthernet || tunnel.carriesIP && writer.hasInterfaces
    let isWritten: Bool
    if options.hasComments && writer.hasInterfaces {
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
    if isWritten { counts.noteRecovered(tunnel) }
  }

  private mutating func pass(
    _ frame: borrowing CapturedFrame, _ summary: borrowing PacketSummary
  ) {
    if summary.transport.opaqueTunnel != .none {
      counts.opaque += 1
      if options.hasComments { comment.append(opaque: summary.transport.opaqueTunnel) }
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
    Self.write(
      bytes, time: frame.time, originalLength: max(originalLength, UInt32(bytes.byteCount)),
      interface: interface, comment, to: &writer)
  }

  @inline(__always)
  private static func write(
    _ bytes: RawSpan, time: Int64, originalLength: UInt32, interface: Int,
    _ comment: borrowing TunnelComment, to writer: inout CaptureWriter
  ) {
    writer.append(
      bytes, time: time, originalLength: originalLength, interface: interface,
      comment: comment.bytes)
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

  /// Keeps what the input tells of an interface for the end.
  mutating func addStatistics(of interface: CaptureInterface, to point: Int) {
    guard interface.drops != nil || interface.startTime != nil || interface.endTime != nil else {
      return
    }
    var statistics = WrittenStatistics(time: interface.endTime ?? points[point].lastTime)
    statistics.startTime = interface.startTime
    statistics.endTime = interface.endTime
    statistics.dropsByInterface = interface.drops
    points[point].statistics = statistics
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
