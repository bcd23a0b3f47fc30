import Captures
import Filters
import Packets
import Topology

/// Turns the records of one input into observations at points.
///
/// Consumes records, adds to each the point it was captured at (by interface, for cooked captures by
/// interface index) and what its headers say. Frames without an IP packet are only counted.
struct SourceIntake {
  /// Malformed frames that are named one by one; the rest is only counted.
  static let namedMalformedLimit = 5

  let file: UInt16
  let input: TraceInput
  private let options: DecodingOptions
  private let filter: InnerPacketFilter?
  private let clocks: ClockModel
  private var interfaces: [LocalInterface] = []
  /// Of each interface; nil for a link type that is not supported.
  private var decoders: [PacketDecoder?] = []
  private(set) var points: [LocalPoint] = []
  private var lastPoint = -1
  private var collector = EvidenceCollector()
  private(set) var malformedCount: UInt64 = 0
  private(set) var malformed: [MalformedFrame] = []
  /// Frames by link types that are not supported.
  private(set) var unsupportedFrames: [UInt16: UInt64] = [:]
  /// How much of the payloads was captured at least.
  private(set) var digestLengths = DigestLengths()
  private(set) var warnings: [String] = []

  /// An interface of the capture as this program reads it.
  private struct LocalInterface {
    var linkType: LinkType
    var name: PointName
    var resolution: Int64
  }

  init(
    file: UInt16, input: TraceInput, options: DecodingOptions, filter: InnerPacketFilter?,
    clocks: ClockModel
  ) {
    self.clocks = clocks
    self.file = file
    self.input = input
    self.options = options
    self.filter = filter
  }

  /// Makes the points of interfaces that are known before a record of theirs is read, so that an
  /// empty capture is a point too.
  mutating func addInterfaces(_ known: [CaptureInterface], table: inout PointTable) {
    for interface in known.dropFirst(interfaces.count) {
      add(interface)
      if interface.linkType != .linuxCooked2 {
        addPoint(interface: interfaces.count - 1, interfaceIndex: 0, table: &table)
      }
    }
  }

  var interfaceCount: Int { interfaces.count }
  var evidence: PacketEvidence { collector.evidence }

  private mutating func add(_ interface: CaptureInterface) {
    let name = input.naming.name(of: input.name, interfaceName: interface.name)
    if let warning = name.warning, !warnings.contains(warning) { warnings.append(warning) }
    decoders.append(PacketDecoder(linkType: interface.linkType.rawValue, options: options))
    interfaces.append(
      LocalInterface(
        linkType: interface.linkType, name: name, resolution: interface.timestampResolution))
  }

  /// Adds the record's observation to the batch, if it holds one.
  ///
  /// - Parameter summary: storage for what the frame says, reused from record to record. It is handed
  ///   on as `inout`, also where it is only read: a parameter so large would be copied otherwise.
  mutating func take(
    _ record: borrowing CaptureRecord, summary: inout PacketSummary,
    into batch: inout ObservationBatch, table: inout PointTable
  ) {
    guard record.interface < decoders.count, decoders[record.interface] != nil else {
      countUnsupported(record)
      return
    }
    decoders[record.interface]?.decode(
      record.bytes, originalLength: record.originalLength, into: &summary)
    let local = localPoint(
      interface: record.interface, interfaceIndex: summary.link.interfaceIndex, table: &table)
    guard local >= 0 else { return }
    noteFaults(of: record, &summary)
    let traits = collector.take(record, &summary, file: file, point: points[local].point)
    if points[local].take(record, &summary, into: &batch.next) {
      batch.next.file = file
      batch.next.traits.formUnion(traits)
      if isSelected(record, &summary) { batch.next.traits.insert(.isSelected) }
      batch.addNext()
    }
  }

  @inline(__always)
  private func isSelected(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary
  ) -> Bool {
    guard let filter else { return true }
    return Self.matches(record, &summary, filter)
  }

  /// Whether the innermost packet matches the filter: with its Ethernet header, if it has one.
  private static func matches(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary, _ filter: InnerPacketFilter
  ) -> Bool {
    let hasEthernet = summary.link.hasEthernet
    let start = Int(hasEthernet ? summary.link.ethernetOffset : summary.network.offset)
    let captured = record.bytes.byteCount
    guard start <= captured else { return false }
    let packet = record.bytes.extracting(droppingFirst: start)
    let length = record.originalLength - UInt32(start)
    return hasEthernet
      ? filter.matches(ethernetFrame: packet, originalLength: length)
      : filter.matches(ipPacket: packet, originalLength: length)
  }

  private mutating func countUnsupported(_ record: borrowing CaptureRecord) {
    guard record.interface < interfaces.count else { return }
    unsupportedFrames[interfaces[record.interface].linkType.rawValue, default: 0] += 1
    if let local = points.firstIndex(where: { $0.interface == record.interface }) {
      points[local].counters.frames += 1
    }
  }

  @inline(__always)
  private mutating func noteFaults(
    of record: borrowing CaptureRecord, _ summary: inout PacketSummary
  ) {
    if summary.identity != 0, !summary.transport.isDigestComplete {
      noteCutPayload(record, &summary)
    }
    if case .malformed(let layer, let offset) = summary.end {
      noteMalformed(record, layer, offset: offset)
    }
  }

  private mutating func noteMalformed(
    _ record: borrowing CaptureRecord, _ layer: Layer, offset: UInt32
  ) {
    malformedCount += 1
    guard malformed.count < Self.namedMalformedLimit else { return }
    malformed.append(
      MalformedFrame(
        file: file, frame: record.frame, layer: String(describing: layer), offset: offset))
  }

  private mutating func noteCutPayload(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary
  ) {
    let headers = Int(summary.network.length) - Int(summary.transport.payloadLength)
    let captured = record.bytes.byteCount - Int(summary.network.offset) - headers
    digestLengths.shorten(to: max(0, captured), for: summary)
  }
}

// MARK: - Points

extension SourceIntake {
  /// Index in `points`; -1 if there are too many points to name another.
  @inline(__always)
  private mutating func localPoint(
    interface: Int, interfaceIndex: UInt32, table: inout PointTable
  ) -> Int {
    if lastPoint >= 0 && points[lastPoint].interface == interface
      && points[lastPoint].interfaceIndex == interfaceIndex
    {
      return lastPoint
    }
    return otherPoint(interface: interface, interfaceIndex: interfaceIndex, table: &table)
  }

  private mutating func otherPoint(
    interface: Int, interfaceIndex: UInt32, table: inout PointTable
  ) -> Int {
    let known = points.firstIndex {
      $0.interface == interface && $0.interfaceIndex == interfaceIndex
    }
    lastPoint =
      known ?? addPoint(interface: interface, interfaceIndex: interfaceIndex, table: &table)
    return lastPoint
  }

  @discardableResult
  private mutating func addPoint(
    interface: Int, interfaceIndex: UInt32, table: inout PointTable
  ) -> Int {
    let name = interfaces[interface].name
    let snapshot = input.snapshots[name.node]
    let pointName =
      interfaceIndex == 0
      ? name.interface ?? PointNaming.unnamedInterface
      : snapshot?.interfaceName(ofIndex: interfaceIndex) ?? "if\(interfaceIndex)"
    let kind = snapshot?.role(ofInterfaceNamed: pointName)
    guard let point = table.add(node: name.node, interface: pointName, kind: kind) else {
      return -1
    }
    table.noteResolution(interfaces[interface].resolution, of: point)
    points.append(
      LocalPoint(
        interface: interface, interfaceIndex: interfaceIndex, point: point,
        clock: RunningClock(clocks, node: table[point].node)))
    return points.count - 1
  }
}
