/// Writes packet records as pcapng, or as pcap.
///
/// What it writes any tool reads: little-endian, nanoseconds, and never more bytes of a packet than
/// readers accept. The bytes go to a closure in large pieces; `flush()` hands on what there is, so
/// that a reader at the other end of a pipe sees every record up to here.
package struct CaptureWriter: ~Copyable {
  package enum Format: Sendable {
    case pcapng
    /// All records are of one link type.
    case pcap(LinkType)
  }

  /// Bytes of a packet that are written at the most: libpcap and Wireshark take a longer one for
  /// damage.
  package static let maximumPacketLength = 262_144

  let format: Format
  var buffer: RecordBuffer
  /// Interfaces that a pcapng describes so far.
  package internal(set) var interfaceCount = 0

  /// Writes the file's header.
  ///
  /// - Parameters:
  ///   - application: what wrote the capture, for pcapng's section header.
  ///   - nodeTables: from `NodeTables.packed`; pcap has no place for them.
  ///   - inBackground: whether `take` is called in a thread of its own, one call after the other, while
  ///     more is appended.
  ///   - take: takes the next bytes, and answers whether it wants more.
  package init(
    format: Format, application: String, nodeTables: [UInt8] = [], inBackground: Bool = false,
    _ take: @escaping (RawSpan) -> Bool
  ) {
    self.format = format
    buffer = RecordBuffer(inBackground: inBackground, take)
    switch format {
    case .pcapng: appendSectionHeader(application: application, nodeTables: nodeTables)
    case .pcap(let linkType): appendPcapHeader(linkType)
    }
  }

  /// Whether records belong to described interfaces, each with a link type of its own.
  package var hasInterfaces: Bool {
    if case .pcapng = format { true } else { false }
  }

  /// Whether nobody takes the bytes any more, so that the work may as well end.
  package var isClosed: Bool { buffer.isClosed }

  /// Describes an interface and returns its number for the records; pcap has no place for it.
  package mutating func addInterface(_ interface: WrittenInterface) -> Int {
    if case .pcapng = format { appendInterfaceDescription(interface) }
    interfaceCount += 1
    return interfaceCount - 1
  }

  /// Appends a record.
  ///
  /// - Parameters:
  ///   - packet: what was captured, with the link header of the interface's type.
  ///   - time: nanoseconds since 1970. Earlier is written as 1970; pcap ends in 2106.
  ///   - originalLength: on the link, in bytes.
  ///   - interface: a number that `addInterface` returned; ignored in pcap.
  ///   - options: what pcapng tells beside the packet; ignored in pcap.
  ///   - comment: in UTF-8, at most 65,535 bytes of it; ignored in pcap, and where it is empty.
  @inline(__always)
  package mutating func append(
    _ packet: RawSpan, time: Int64, originalLength: UInt32, interface: Int,
    options: WrittenOptions = WrittenOptions(), comment: RawSpan = RawSpan()
  ) {
    let captured = packet.extracting(first: Self.maximumPacketLength)
    switch format {
    case .pcapng:
      appendEnhancedPacket(
        captured, time: time, originalLength: originalLength, interface: interface,
        options: options, comment: comment)
    case .pcap:
      appendPcapRecord(captured, time: time, originalLength: originalLength)
    }
  }

  /// Appends a record of which nobody knows the time, as a Simple Packet Block if that can hold it: whole,
  /// of the first interface, and without its comment. Else it is dated 1970; then the answer is false.
  package mutating func appendUntimed(
    _ packet: RawSpan, originalLength: UInt32, interface: Int, comment: RawSpan
  ) -> Bool {
    guard hasInterfaces, interface == 0, packet.byteCount == Int(originalLength),
      packet.byteCount <= Self.maximumPacketLength
    else {
      append(
        packet, time: 0, originalLength: originalLength, interface: interface, comment: comment)
      return false
    }
    appendSimplePacket(packet)
    return true
  }

  /// Tells what is known of an interface at the end of its capture; pcap has no place for it.
  package mutating func addStatistics(_ statistics: WrittenStatistics, of interface: Int) {
    if case .pcapng = format { appendStatistics(statistics, of: interface) }
  }

  /// Hands on everything that was appended; in the background it may be on its way yet.
  package mutating func flush() {
    buffer.flush()
  }

  /// Hands on everything that was appended, and waits until it is taken.
  package mutating func finish() {
    buffer.finish()
  }
}
