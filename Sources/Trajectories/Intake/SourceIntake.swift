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
  private var summary = PacketSummary()
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

  /// A point that records of this input belong to.
  struct LocalPoint {
    var interface: Int
    /// LINUX_SLL2's interface index, else 0.
    var interfaceIndex: UInt32
    var point: UInt16
    var counters = PointCounters()
    var clock: RunningClock
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
  mutating func take(
    _ record: borrowing CaptureRecord, into batch: inout ObservationBatch,
    table: inout PointTable
  ) {
    guard record.interface < interfaces.count, decoders[record.interface] != nil else {
      countUnsupported(record)
      return
    }
    decoders[record.interface]?.decode(
      record.bytes, originalLength: record.originalLength, into: &summary)
    let local = localPoint(
      interface: record.interface, interfaceIndex: summary.link.interfaceIndex, table: &table)
    guard local >= 0 else { return }
    count(record, at: local)
    let traits = collector.take(record, summary, file: file, point: points[local].point)
    guard summary.isObservation else { return }
    fill(&batch.next, from: record, at: local)
    batch.next.traits.formUnion(traits)
    points[local].counters.count(
      isEncapsulated: summary.tunnel.depth > 0, packetType: summary.link.packetType,
      hasOriginalTimeToLive: Observation.isOriginal(summary.network.timeToLive))
    batch.addNext()
  }

  private mutating func fill(
    _ row: inout Observation, from record: borrowing CaptureRecord, at local: Int
  ) {
    row.take(summary)
    row.time = record.time
    row.correctedTime = points[local].clock.corrected(record.time)
    row.frame = record.frame
    row.file = file
    row.point = points[local].point
    if isSelected(record) { row.traits.insert(.isSelected) }
  }

  /// Whether the innermost packet matches the filter: with its Ethernet header, if it has one.
  private func isSelected(_ record: borrowing CaptureRecord) -> Bool {
    guard let filter else { return true }
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

  private mutating func count(_ record: borrowing CaptureRecord, at local: Int) {
    points[local].counters.frames += 1
    points[local].counters.first = min(points[local].counters.first, record.time)
    points[local].counters.last = max(points[local].counters.last, record.time)
    if summary.identity != 0 && !summary.transport.isDigestComplete { noteCutPayload(record) }
    if case .malformed(let layer, let offset) = summary.end {
      malformedCount += 1
      if malformed.count < Self.namedMalformedLimit {
        malformed.append(
          MalformedFrame(
            file: file, frame: record.frame, layer: String(describing: layer), offset: offset))
      }
    }
  }

  private mutating func noteCutPayload(_ record: borrowing CaptureRecord) {
    let headers = Int(summary.network.length) - Int(summary.transport.payloadLength)
    let captured = record.bytes.byteCount - Int(summary.network.offset) - headers
    digestLengths.shorten(to: max(0, captured), for: summary)
  }
}

// MARK: - Points

extension SourceIntake {
  /// Index in `points`; -1 if there are too many points to name another.
  private mutating func localPoint(
    interface: Int, interfaceIndex: UInt32, table: inout PointTable
  ) -> Int {
    if lastPoint >= 0 && points[lastPoint].interface == interface
      && points[lastPoint].interfaceIndex == interfaceIndex
    {
      return lastPoint
    }
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
