import Trajectories

/// Some packets that stand for all: trouble first, then what is unusual, then any.
///
/// Takes packets one by one and keeps a bounded number of them, the same in every run.
struct PacketSample {
  /// Why a packet is shown.
  enum Kind: Int, CaseIterable, Sendable {
    case lost, partial, segmented, translated, unusual, slow, ordinary

    /// How many packets of the kind are kept.
    fileprivate var limit: Int {
      switch self {
      case .lost: 300
      case .partial: 60
      case .translated, .slow: 12
      case .unusual: 30
      case .segmented: 96
      case .ordinary: 60
      }
    }
  }

  struct Entry {
    let trajectory: Trajectory
    let kind: Kind
  }

  /// Lost or partial packets kept of each place or reason, so that one does not crowd out others.
  private static let placeLimit = 24

  private let selection: PacketSelection?
  private var entries: [[Trajectory]] = Kind.allCases.map { _ in [] }
  private var places: [UInt64: Int] = [:]
  /// The first units that were seen whole somewhere and in parts elsewhere.
  private var units: Set<FrameReference> = []
  private static let unitLimit = 4
  /// Delays over the whole way, of the entries of kind `slow`.
  private var slowDelays: [Int64] = []
  private var seen: UInt64 = 0
  private var taken = 0

  init(selection: PacketSelection?) {
    self.selection = selection
  }

  /// The packets by number; each once.
  var packets: [Entry] {
    var numbers = Set<UInt64>()
    return Kind.allCases.flatMap { kind in
      entries[kind.rawValue].sorted { $0.number < $1.number }.compactMap {
        numbers.insert($0.number).inserted ? Entry(trajectory: $0, kind: kind) : nil
      }
    }
  }

  mutating func add(_ trajectory: borrowing Trajectory) {
    if let selection {
      guard selection.includes(trajectory, after: taken) else { return }
      taken += 1
    }
    seen += 1
    keepSegment(trajectory)
    switch trajectory.outcome {
    case .lost:
      let last = trajectory.hops[trajectory.lastSeen].observation.point
      keep(trajectory, as: .lost, of: UInt64(last) << 16 | UInt64(trajectory.expectedNext ?? .max))
    case .partial:
      let reason = trajectory.reasons.first
      let point = UInt64(reason?.point ?? .max)
      keep(trajectory, as: .partial, of: 1 << 32 | point << 8 | UInt64(reason?.code.rawValue ?? 0))
    case .complete:
      addComplete(trajectory)
    case .notJudged:
      keepOrdinary(trajectory)
    }
  }

  private mutating func addComplete(_ trajectory: borrowing Trajectory) {
    if trajectory.isAmbiguous || trajectory.retransmissionOf != nil
      || trajectory.hops.contains(where: {
        $0.kind != .path || !$0.observation.traits.isDisjoint(with: Self.remarkable)
      })
    {
      keep(trajectory, as: .unusual, of: 1 << 33)
    } else if isTranslated(trajectory) {
      keep(trajectory, as: .translated, of: 1 << 34)
    }
    keepSlow(trajectory)
    keepOrdinary(trajectory)
  }

  private mutating func keep(
    _ trajectory: borrowing Trajectory, as kind: Kind, of place: UInt64
  ) {
    guard entries[kind.rawValue].count < kind.limit, places[place, default: 0] < Self.placeLimit
    else { return }
    places[place, default: 0] += 1
    entries[kind.rawValue].append(copy trajectory)
  }

  /// All parts of a few units, whatever became of them.
  private mutating func keepSegment(_ trajectory: borrowing Trajectory) {
    guard let unit = trajectory.unit, entries[Kind.segmented.rawValue].count < Kind.segmented.limit
    else { return }
    if units.count < Self.unitLimit { units.insert(unit) }
    if units.contains(unit) { entries[Kind.segmented.rawValue].append(copy trajectory) }
  }

  private func isTranslated(_ trajectory: borrowing Trajectory) -> Bool {
    let origin = trajectory.origin
    return trajectory.hops.contains {
      !$0.observation.source.isEqual(to: origin.source)
        || !$0.observation.destination.isEqual(to: origin.destination)
    }
  }

  private mutating func keepSlow(_ trajectory: borrowing Trajectory) {
    guard let delay = trajectory.totalDelay else { return }
    let kind = Kind.slow.rawValue
    if slowDelays.count < Kind.slow.limit {
      slowDelays.append(delay)
      entries[kind].append(copy trajectory)
    } else if let least = slowDelays.indices.min(by: { slowDelays[$0] < slowDelays[$1] }),
      slowDelays[least] < delay
    {
      slowDelays[least] = delay
      entries[kind][least] = copy trajectory
    }
  }

  /// Every packet seen so far is as likely to be kept (reservoir sampling); the first ones always are.
  private mutating func keepOrdinary(_ trajectory: borrowing Trajectory) {
    let kind = Kind.ordinary.rawValue
    if entries[kind].count < Kind.ordinary.limit {
      entries[kind].append(copy trajectory)
      return
    }
    // The number mixed (SplitMix64) stands for chance, so that a report is the same in every run.
    var mixed = seen &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    let place = Int((mixed ^ mixed >> 31) % seen)
    if place >= Self.firstCount && place < Kind.ordinary.limit {
      entries[kind][place] = copy trajectory
    }
  }

  private static let firstCount = 10
  private static let remarkable: Observation.Traits = [
    .hasWrongChecksum, .hasWrongOuterChecksum, .isOuterFragment,
  ]
}
