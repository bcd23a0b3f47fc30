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
  private var clocks: ClockModel
  /// Whether records are read as they come.
  private var isFollowed = false
  private var interfaces: [LocalInterface] = []
  /// Of each interface; nil for a link type that is not supported.
  private var decoders: [PacketDecoder?] = []
  /// Of each interface whose link type does not name interfaces: LINUX_SLL.
  private var cookedPlaces: [CookedPlaces?] = []
  private let earlier: KnownInterfaces
  private(set) var points: [LocalPoint] = []
  /// Ranks of all points in the order of names, when this input's last one was added.
  private var ranks: [UInt16] = []
  /// The point that must be added before the reading goes on.
  private var wanted: WantedPoint?
  /// The interface's index, or what stands for it, of the record that waits for that point.
  private var placeOfWanted: UInt32?
  /// Points that found no place in the table.
  private var refused: Set<WantedPoint> = []
  private var lastPoint = -1
  private var collector = EvidenceCollector(isSample: false)
  private var outerFragments: OuterFragments
  private(set) var malformedCount: UInt64 = 0
  private(set) var malformed: [MalformedFrame] = []
  /// Whether the last of them waits for `placeFault(at:)`.
  private(set) var hasUnplacedFault = false
  /// Frames by link types that are not supported.
  private(set) var unsupportedFrames: [UInt16: UInt64] = [:]
  /// How much of the payloads was captured at least; noted in a first look at some records only.
  private(set) var digestLengths: DigestLengths?
  private(set) var warnings: [String] = []

  private struct WantedPoint: Hashable {
    let interface: Int
    let interfaceIndex: UInt32
  }

  /// An interface of the capture as this program reads it.
  private struct LocalInterface {
    var linkType: LinkType
    /// As the capture has it.
    var recordedName: String?
    var name: PointName
    var resolution: Int64
    var filter: PointFilter?
  }

  init(
    file: UInt16, input: TraceInput, options: DecodingOptions, filter: InnerPacketFilter?,
    clocks: ClockModel, window: Int64, earlier: KnownInterfaces = KnownInterfaces()
  ) {
    self.earlier = earlier
    self.clocks = clocks
    outerFragments = OuterFragments(lifetime: window)
    self.file = file
    self.input = input
    self.options = options
    self.filter = filter
  }

  /// Makes the points of interfaces that are known before a record of theirs is read, so that an
  /// empty capture is a point too.
  ///
  /// - Parameter nodeTables: what the capture brings along of its node's tables, in JSON.
  mutating func addInterfaces(
    _ known: [CaptureInterface], nodeTables: [UInt8]?, table: inout PointTable
  ) {
    if interfaces.isEmpty, let first = known.first, let nodeTables {
      add(nodeTables, ofNodeWith: first, to: &table)
    }
    for interface in known.dropFirst(interfaces.count) {
      add(interface)
      if interface.linkType != .linuxCooked2 && interface.linkType != .linuxCooked {
        addPoint(interface: interfaces.count - 1, interfaceIndex: 0, table: &table)
      }
    }
  }

  /// Tables that the user named count more.
  private mutating func add(
    _ nodeTables: [UInt8], ofNodeWith interface: CaptureInterface, to table: inout PointTable
  ) {
    let node = input.naming.name(of: input.name, interfaceName: interface.name).node
    guard table.snapshots[node] == nil else { return }
    var snapshot = NodeSnapshot()
    do throws(SnapshotError) {
      try snapshot.add(json: nodeTables, source: input.path)
      table.snapshots[node] = snapshot
    } catch {
      warnings.append("the node's tables in the capture are left out: \(error)")
    }
  }

  /// From here on corrects the times of rows by other clocks.
  mutating func correct(by clocks: ClockModel, table: borrowing PointTable) {
    self.clocks = clocks
    isFollowed = true
    for index in points.indices {
      points[index].correct(by: clocks, node: table.node(of: points[index].point))
    }
  }

  var interfaceCount: Int { interfaces.count }

  /// Whether this is a first look at some records, in which the lengths of payloads are noted.
  var isSample: Bool {
    get { digestLengths != nil }
    set {
      digestLengths = newValue ? DigestLengths() : nil
      collector = EvidenceCollector(isSample: newValue)
    }
  }

  /// The filter that an interface was captured with, if that is known.
  func filter(of interface: Int) -> PointFilter? { interfaces[interface].filter }

  /// What is known of the interfaces by now.
  var knownInterfaces: KnownInterfaces {
    var known = KnownInterfaces()
    known.cookedNetwork =
      cookedPlaces.lazy.compactMap { $0?.network }.first ?? earlier.cookedNetwork
    for interface in interfaces { known.add(interface.name, recorded: interface.recordedName) }
    return known
  }
  var evidence: PacketEvidence { collector.evidence }

  private mutating func add(_ interface: CaptureInterface) {
    let name =
      earlier.name(ofNumber: interfaces.count, recorded: interface.name)
      ?? input.naming.name(of: input.name, interfaceName: interface.name)
    if let warning = name.warning, !warnings.contains(warning) { warnings.append(warning) }
    decoders.append(PacketDecoder(linkType: interface.linkType.rawValue, options: options))
    cookedPlaces.append(
      interface.linkType == .linuxCooked ? CookedPlaces(earlier.cookedNetwork) : nil)
    interfaces.append(
      LocalInterface(
        linkType: interface.linkType, recordedName: interface.name, name: name,
        resolution: interface.timestampResolution,
        filter: interface.filter.map {
          PointFilter($0, looksIntoTunnels: interface.filtersInnerPackets)
        }))
  }

  /// Adds the record's observation to the batch, if it holds one. False where the record's point must be
  /// added first: then `addWantedPoint(to:)` is to be called and the record to be taken again.
  ///
  /// - Parameter summary: storage for what the frame says, reused from record to record. It is handed
  ///   on as `inout`, also where it is only read: a parameter so large would be copied otherwise.
  mutating func take(
    _ record: borrowing CaptureRecord, summary: inout PacketSummary,
    into batch: inout ObservationBatch
  ) -> Bool {
    guard record.interface < decoders.count, decoders[record.interface] != nil else {
      countUnsupported(record)
      return true
    }
    decoders[record.interface]?.decode(
      record.bytes, originalLength: record.originalLength, into: &summary)
    // A record that is taken again was given its place already.
    if let index = placeOfWanted ?? cookedPlaces[record.interface]?.index(of: &summary) {
      summary.link.interfaceIndex = index
    }
    placeOfWanted = nil
    let local = localPoint(
      interface: record.interface, interfaceIndex: summary.link.interfaceIndex)
    guard local >= 0 else {
      placeOfWanted = wanted?.interfaceIndex
      // What finds no place among the points any more is left out.
      return wanted == nil
    }
    noteFaults(of: record, &summary)
    let traits = collector.take(record, &summary, file: file, point: points[local].point)
    points[local].count(record)
    if summary.tunnel.isFragment || summary.network.isFragment,
      takeFragment(record, &summary, traits: traits, at: local, into: &batch)
    {
      return true
    }
    add(
      frame: record.frame, time: record.time, record.bytes, originalLength: record.originalLength,
      &summary, traits: traits, at: local, to: &batch)
    return true
  }

  /// Adds the observations of the record that the reader stands at and of those behind it, for as long as they
  /// are of the usual kind. False where it comes to one that is not: that is to be taken by itself.
  ///
  /// - Parameter limit: records that may be taken.
  mutating func takeUsual(
    from reader: inout CaptureReader, limit: inout Int, into batch: inout ObservationBatch
  ) throws(CaptureError) -> Bool {
    guard filter == nil else { return false }
    while true {
      let interface = reader.current.interface
      guard reader.interfaces.count == interfaces.count, let decoder = decoders[interface],
        decoder.isEthernet
      else { return false }
      let local = knownPoint(interface: interface, interfaceIndex: 0)
      guard local >= 0 else { return false }
      switch try points[local].takeUsual(
        from: &reader, limit: &limit, decoder, &collector, file: file, lengths: &digestLengths,
        into: &batch)
      {
      case .isElsewhere: continue
      case .isUnusual: return false
      case .none: return true
      }
    }
  }

  /// Adds what a frame says, if it holds an IP packet.
  @inline(__always)
  private mutating func add(
    frame: UInt64, time: Int64, _ bytes: RawSpan, originalLength: UInt32,
    _ summary: inout PacketSummary, traits: Observation.Traits, at local: Int,
    to batch: inout ObservationBatch
  ) {
    guard points[local].take(frame: frame, time: time, &summary, into: &batch.next) else { return }
    batch.next.file = file
    batch.next.traits.formUnion(traits)
    if isSelected(bytes, originalLength: originalLength, &summary) {
      batch.next.traits.insert(.isSelected)
    }
    batch.addNext()
  }

  /// Keeps an outer fragment until the others are there, and then adds what they encapsulate; false for a
  /// frame that stands for itself.
  private mutating func takeFragment(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary, traits: Observation.Traits,
    at local: Int, into batch: inout ObservationBatch
  ) -> Bool {
    guard summary.mayBeOuterFragment,
      summary.tunnel.isFragment || points[local].mayCarryTunnels
    else { return false }
    switch outerFragments.add(record, summary, at: local) {
    case .notFragment, .duplicate: return false
    case .held: return true
    case .complete: break
    }
    guard let completed = outerFragments.completed(at: local),
      let first = completed.fragments.first
    else { return false }
    decoders[record.interface]?.decode(
      completed.packet, originalLength: completed.originalLength, into: &summary)
    batch.note(completed.fragments.map(\.frameNumber), of: first.frameNumber)
    let whole: Observation.Traits = [.isOuterFragment, .isReassembled]
    add(
      frame: first.frameNumber, time: first.time, completed.packet,
      originalLength: completed.originalLength, &summary, traits: traits.union(whole), at: local,
      to: &batch)
    return true
  }

  /// Adds fragments whose others did not come, as far as the batch has room.
  mutating func addReleased(to batch: inout ObservationBatch) {
    while !batch.isFull, let fragment = outerFragments.removeReleased() {
      var summary = fragment.held.summary
      let bytes = fragment.held.bytes
      let frame = unsafe bytes.span.bytes
      add(
        frame: fragment.held.frameNumber, time: fragment.held.time, frame,
        originalLength: fragment.held.originalLength, &summary,
        traits: summary.tunnel.isFragment ? .isOuterFragment : [], at: fragment.local, to: &batch)
    }
  }

  /// The input is at its end: what is incomplete stays so.
  mutating func finishFragments() { outerFragments.finish() }

  var hasReleased: Bool { outerFragments.hasReleased }

  @inline(__always)
  private func isSelected(
    _ bytes: RawSpan, originalLength: UInt32, _ summary: inout PacketSummary
  ) -> Bool {
    guard let filter else { return true }
    return Self.matches(bytes, originalLength: originalLength, &summary, filter)
  }

  /// Whether the innermost packet matches the filter: with its Ethernet header, if it has one.
  private static func matches(
    _ bytes: RawSpan, originalLength: UInt32, _ summary: inout PacketSummary,
    _ filter: InnerPacketFilter
  ) -> Bool {
    let hasEthernet = summary.link.hasEthernet
    let start = Int(hasEthernet ? summary.link.ethernetOffset : summary.network.offset)
    guard start <= bytes.byteCount else { return false }
    let packet = bytes.extracting(droppingFirst: start)
    let length = originalLength - UInt32(start)
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
    if summary.identity != 0 { noteCutPayload(record, &summary) }
    if case .malformed(let layer, let offset) = summary.end {
      noteMalformed(record, layer, offset: offset)
    }
  }

  /// Where in the capture the malformed frame is that was taken last.
  mutating func placeFault(at frameOffset: UInt64) {
    hasUnplacedFault = false
    malformed[malformed.count - 1].frameOffset = frameOffset
  }

  private mutating func noteMalformed(
    _ record: borrowing CaptureRecord, _ layer: Layer, offset: UInt32
  ) {
    malformedCount += 1
    guard malformed.count < Self.namedMalformedLimit else { return }
    hasUnplacedFault = true
    malformed.append(
      MalformedFrame(
        file: file, frame: record.frame, layer: String(describing: layer), offset: offset))
  }

  private mutating func noteCutPayload(
    _ record: borrowing CaptureRecord, _ summary: inout PacketSummary
  ) {
    let headers = Int(summary.network.length) - Int(summary.transport.payloadLength)
    let captured = record.bytes.byteCount - Int(summary.network.offset) - headers
    if captured < Int(summary.transport.payloadLength) {
      digestLengths?.shorten(
        to: max(0, captured), protocol: summary.network.transportProtocol,
        version: summary.network.version)
    }
  }
}

// MARK: - Points

extension SourceIntake {
  /// Index in `points`; -1 if the point has none, and then it may be `wanted`.
  @inline(__always)
  private mutating func localPoint(interface: Int, interfaceIndex: UInt32) -> Int {
    let local = knownPoint(interface: interface, interfaceIndex: interfaceIndex)
    let point = WantedPoint(interface: interface, interfaceIndex: interfaceIndex)
    if local < 0 && !refused.contains(point) { wanted = point }
    return local
  }

  /// Index in `points`; -1 if the point has none.
  @inline(__always)
  private mutating func knownPoint(interface: Int, interfaceIndex: UInt32) -> Int {
    if lastPoint >= 0 && points[lastPoint].interface == interface
      && points[lastPoint].interfaceIndex == interfaceIndex
    {
      return lastPoint
    }
    return otherPoint(interface: interface, interfaceIndex: interfaceIndex)
  }

  @inline(never)
  private mutating func otherPoint(interface: Int, interfaceIndex: UInt32) -> Int {
    lastPoint =
      points.firstIndex {
        $0.interface == interface && $0.interfaceIndex == interfaceIndex
      } ?? -1
    return lastPoint
  }

  /// Adds the point that the record taken last belongs to.
  mutating func addWantedPoint(to table: inout PointTable) {
    guard let point = wanted else { return }
    wanted = nil
    let local = addPoint(
      interface: point.interface, interfaceIndex: point.interfaceIndex, table: &table)
    if local < 0 { refused.insert(point) }
  }

  /// Orders the batch's rows of the same moment.
  func orderMoments(of batch: borrowing ObservationBatch) {
    guard points.count > 1 else { return }
    batch.orderMoments { point in ranks[Int(point)] }
  }

  /// Interfaces of one capture that have no name are told apart by a number: unknown, unknown-2.
  private func unnamedInterface(_ interface: Int) -> String {
    let earlier = interfaces[..<interface].count {
      $0.name.interface == nil && $0.linkType != .linuxCooked2
    }
    return earlier == 0
      ? PointNaming.unnamedInterface : "\(PointNaming.unnamedInterface)-\(earlier + 1)"
  }

  @discardableResult
  private mutating func addPoint(
    interface: Int, interfaceIndex: UInt32, table: inout PointTable
  ) -> Int {
    let name = interfaces[interface].name
    let snapshot = table.snapshots[name.node]
    let pointName: String
    let kind: InterfaceRole?
    if let places = cookedPlaces[interface] {
      (kind, pointName) = places.interface(at: interfaceIndex, on: snapshot)
    } else {
      pointName =
        interfaceIndex == 0
        ? name.interface ?? unnamedInterface(interface)
        : snapshot?.interfaceName(ofIndex: interfaceIndex) ?? PointNaming.numbered(interfaceIndex)
      kind = snapshot?.role(ofInterfaceNamed: pointName)
    }
    guard let point = table.add(node: name.node, interface: pointName, kind: kind) else {
      return -1
    }
    table.noteResolution(interfaces[interface].resolution, of: point)
    points.append(
      LocalPoint(
        interface: interface, interfaceIndex: interfaceIndex, point: point,
        mayCarryTunnels: [.nic, .unknown].contains(table[point].role),
        clock: RunningClock(clocks, node: table[point].node, isFollowed: isFollowed)))
    ranks = table.points.indices.map { table.rank(of: UInt16($0)) }
    return points.count - 1
  }
}
