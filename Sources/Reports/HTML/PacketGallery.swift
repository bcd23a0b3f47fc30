import Trajectories

/// The single packets of the page, as many of the sample as there is room for, and where evidence
/// finds them.
struct PacketGallery {
  struct Item {
    let number: UInt64
    let kind: PacketSample.Kind
    let markup: Markup
  }

  private(set) var items: [Item] = []
  /// Lost ones among them, of whatever kind.
  private(set) var lost: UInt64 = 0
  private var packets: [FrameReference: UInt64] = [:]
  private var flows: [FlowKey: UInt64] = [:]
  private var losses: [UInt32: UInt64] = [:]

  /// Bytes that all packets may take: the rest of the page has room beside them.
  private static let sizeLimit = 850_000

  init(
    _ sample: [PacketSample.Entry], names: TextNames, statistics: TraceStatistics,
    facts: AnalysisFacts
  ) {
    let text = PacketText(
      names: names, statistics: statistics, facts: facts, hasColor: false, width: 100)
    let units = Dictionary(grouping: sample.map(\.trajectory).filter { $0.unit != nil }, by: \.unit)
    var drawnUnits = Set<FrameReference>()
    var size = 0
    for entry in sample {
      var parts: [Trajectory] = []
      // A unit's parts are drawn with the first of them.
      if let unit = entry.trajectory.unit, entry.kind == .segmented,
        drawnUnits.insert(unit).inserted
      {
        parts = units[unit] ?? []
      }
      let card = PacketCard(entry, parts: parts, names: names, text: text)
      let markup = card.markup(isOpen: items.isEmpty)
      size += markup.bytes.count
      guard size <= Self.sizeLimit else { break }
      items.append(Item(number: entry.trajectory.number, kind: entry.kind, markup: markup))
      note(entry.trajectory)
    }
  }

  /// Number of a packet on the page that was seen in a frame; nil if there is none.
  func packet(in frame: FrameReference) -> UInt64? { packets[frame] }

  /// Number of the first packet on the page that belongs to a flow.
  func packet(of flow: FlowKey) -> UInt64? { flows[flow] }

  /// Number of a packet on the page that was lost between two points.
  func packet(lostAfter last: UInt16, before next: UInt16) -> UInt64? {
    losses[UInt32(last) << 16 | UInt32(next)]
  }

  private mutating func note(_ trajectory: Trajectory) {
    for hop in trajectory.hops {
      let frame = FrameReference(file: hop.observation.file, frame: hop.observation.frame)
      if packets[frame] == nil { packets[frame] = trajectory.number }
    }
    if trajectory.outcome == .lost { lost += 1 }
    if trajectory.outcome == .lost, let next = trajectory.expectedNext {
      let last = trajectory.hops[trajectory.lastSeen].observation.point
      let place = UInt32(last) << 16 | UInt32(next)
      if losses[place] == nil { losses[place] = trajectory.number }
    }
    let key = FlowKey(trajectory.origin)
    if flows[key] == nil { flows[key] = trajectory.number }
  }
}

extension FlowKey: Hashable {
  func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}

extension PacketSample.Kind {
  /// As the page calls it.
  var name: String {
    switch self {
    case .lost: "lost"
    case .partial: "partial"
    case .segmented: "segments"
    case .translated: "translated"
    case .unusual: "unusual"
    case .slow: "slowest"
    case .ordinary: "ordinary"
    }
  }
}
